using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Communication.Email;

/// <summary>Hands mail to Communication Services. Thread-safe; meant to live as long as the process.</summary>
public class EmailClient
{
    private const string Scope = "https://communication.azure.com/.default";

    private readonly HttpPipeline _pipeline;
    private readonly Uri _endpoint;
    private readonly string _version;

    /// <param name="connectionString"><c>endpoint=https://…;accesskey=…</c>.</param>
    public EmailClient(string connectionString)
        : this(connectionString, new EmailClientOptions())
    {
    }

    public EmailClient(string connectionString, EmailClientOptions options)
        : this(Setting(connectionString, "endpoint"), Setting(connectionString, "accesskey"), options)
    {
    }

    public EmailClient(Uri endpoint, AzureKeyCredential credential, EmailClientOptions options = null)
        : this(endpoint, new HmacPolicy(credential ?? throw new ArgumentNullException(nameof(credential))), options)
    {
    }

    /// <param name="endpoint">Must be https.</param>
    /// <param name="credential">Asked for the scope <c>https://communication.azure.com/.default</c>.</param>
    /// <param name="options">Retries, transport, policies.</param>
    public EmailClient(Uri endpoint, TokenCredential credential, EmailClientOptions options = null)
        : this(endpoint, new BearerTokenAuthenticationPolicy(credential, Scope), options)
    {
    }

    protected EmailClient()
    {
    }

    private EmailClient(string endpoint, string key, EmailClientOptions options)
        : this(new Uri(endpoint), new AzureKeyCredential(key), options)
    {
    }

    private EmailClient(Uri endpoint, HttpPipelinePolicy authentication, EmailClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new EmailClientOptions();
        _endpoint = endpoint;
        _version = options.ApiVersion;
        _pipeline = HttpPipelineBuilder.Build(options, authentication);
    }

    /// <summary>Under a fresh id: two calls are two mails.</summary>
    public virtual Task<EmailSendOperation> SendAsync(WaitUntil wait, EmailMessage message, CancellationToken cancellationToken = default) =>
        SendAsync(wait, message, Guid.NewGuid(), cancellationToken);

    public virtual Task<EmailSendOperation> SendAsync(WaitUntil wait, string senderAddress, string recipientAddress, string subject, string htmlContent, string plainTextContent = null, CancellationToken cancellationToken = default) =>
        SendAsync(wait, senderAddress, recipientAddress, subject, htmlContent, Guid.NewGuid(), plainTextContent, cancellationToken);

    public virtual Task<EmailSendOperation> SendAsync(WaitUntil wait, string senderAddress, string recipientAddress, string subject, string htmlContent, Guid operationId, string plainTextContent = null, CancellationToken cancellationToken = default) =>
        SendAsync(wait, new EmailMessage(senderAddress, recipientAddress, new EmailContent(subject) { Html = htmlContent, PlainText = plainTextContent }), operationId, cancellationToken);

    /// <param name="wait"><see cref="WaitUntil.Started"/>: until the service has taken it; <see cref="WaitUntil.Completed"/>: until it is handed over, or refused.</param>
    /// <param name="message">The mail.</param>
    /// <param name="operationId">Stored before the call, and used again when its outcome is not known, it keeps one mail one.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the mail.</param>
    /// <exception cref="ArgumentException">The message cannot be sent as it is.</exception>
    /// <exception cref="RequestFailedException">Refused; or, with status 200 and after <see cref="WaitUntil.Completed"/>, accepted first and then failed for good.</exception>
    public virtual async Task<EmailSendOperation> SendAsync(WaitUntil wait, EmailMessage message, Guid operationId, CancellationToken cancellationToken = default)
    {
        EmailBody.Check(message);
        using var request = Request(RequestMethod.Post, "/emails:send");
        request.Request.Headers.Add("Operation-Id", operationId.ToString());
        request.Request.Headers.Add("Content-Type", "application/json");
        request.Request.Content = RequestContent.Create(EmailBody.Write(message));
        await _pipeline.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var response = request.Response;
        if (response.Status != 202) throw new RequestFailedException(response);

        var operation = new EmailSendOperation(this, Result(response).Id, response);
        if (wait == WaitUntil.Completed) await operation.WaitForCompletionAsync(cancellationToken).ConfigureAwait(false);
        return operation;
    }

    internal async Task<Response<EmailSendResult>> GetSendResultAsync(string id, CancellationToken cancellationToken)
    {
        using var request = Request(RequestMethod.Get, "/emails/operations/" + Uri.EscapeDataString(id));
        await _pipeline.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var response = request.Response;
        return response.Status == 200 ? Response.FromValue(Result(response), response) : throw new RequestFailedException(response);
    }

    private HttpMessage Request(RequestMethod method, string path)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(_endpoint.AbsoluteUri.TrimEnd('/') + path));
        message.Request.Uri.AppendQuery("api-version", _version);
        message.Request.Headers.Add("Accept", "application/json");
        return message;
    }

    private static EmailSendResult Result(Response response)
    {
        using var json = JsonDocument.Parse(response.Content);
        return new(json.RootElement.GetProperty("id").GetString(), new EmailSendStatus(json.RootElement.GetProperty("status").GetString()));
    }

    private static string Setting(string connectionString, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        foreach (var part in connectionString.Split(';'))
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, { Length: > 0 } value] && key.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        throw new InvalidOperationException($"The connection string has no \"{name}\".");
    }
}
