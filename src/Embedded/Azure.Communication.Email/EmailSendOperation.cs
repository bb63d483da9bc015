namespace Azure.Communication.Email;

/// <summary>A mail on its way. Every look at its status is a request, and those are few per minute.</summary>
public class EmailSendOperation : Operation<EmailSendResult>
{
    private static readonly TimeSpan DefaultPollingInterval = TimeSpan.FromSeconds(5);

    private readonly EmailClient _client;
    private Response _response;
    private EmailSendResult _result;
    private RequestFailedException _failure;

    /// <summary>Goes on with an operation that was begun elsewhere.</summary>
    public EmailSendOperation(string id, EmailClient client)
        : this(client, id, null)
    {
    }

    internal EmailSendOperation(EmailClient client, string id, Response response)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(id);
        (_client, Id, _response) = (client, id, response);
    }

    protected EmailSendOperation()
    {
    }

    public override string Id { get; }

    public override bool HasCompleted => _result is not null || _failure is not null;

    public override bool HasValue => _result is not null;

    /// <exception cref="InvalidOperationException">It has not completed yet.</exception>
    /// <exception cref="RequestFailedException">It has failed.</exception>
    public override EmailSendResult Value => _result ?? throw (_failure ?? (Exception)new InvalidOperationException("The operation has not completed yet."));

    public override Response GetRawResponse() => _response;

    public override Response UpdateStatus(CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The embedded client is asynchronous only: use UpdateStatusAsync.");

    /// <exception cref="RequestFailedException">With status 200: the mail has failed for good. With another: the look failed, the mail may be well.</exception>
    public override async ValueTask<Response> UpdateStatusAsync(CancellationToken cancellationToken = default)
    {
        if (_failure is not null) throw _failure;
        if (HasCompleted) return _response;
        var update = await _client.GetSendResultAsync(Id, cancellationToken).ConfigureAwait(false);
        _response = update.GetRawResponse();
        if (update.Value.Status == EmailSendStatus.Succeeded) _result = update.Value;
        else if (update.Value.Status == EmailSendStatus.Failed || update.Value.Status == EmailSendStatus.Canceled) throw _failure = new RequestFailedException(_response);
        return _response;
    }

    public override ValueTask<Response<EmailSendResult>> WaitForCompletionAsync(CancellationToken cancellationToken = default) =>
        WaitForCompletionAsync(DefaultPollingInterval, cancellationToken);

    /// <summary>Looks every <paramref name="suggestedPollingInterval"/>, or as seldom as the service asks for with Retry-After.</summary>
    public override async ValueTask<Response<EmailSendResult>> WaitForCompletionAsync(TimeSpan suggestedPollingInterval, CancellationToken cancellationToken)
    {
        while (true)
        {
            await UpdateStatusAsync(cancellationToken).ConfigureAwait(false);
            if (HasCompleted) return Response.FromValue(Value, _response);
            var asked = _response.Headers.TryGetValue("Retry-After", out var text) && int.TryParse(text, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
            await Task.Delay(asked > suggestedPollingInterval ? asked : suggestedPollingInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
