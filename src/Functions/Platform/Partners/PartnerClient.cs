using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Platform.Partners;

/// <summary>A partner over HTTP: each request signed, tried once; whoever asks decides about again.</summary>
internal sealed class PartnerClient(HttpClient http, PartnerOptions options, MachineClock clock, ILogger logger)
{
    private const int MaxAnswerBytes = 64 * 1024;

    /// <summary>A client with connections of its own.</summary>
    public static PartnerClient For<TClient>(IServiceProvider services, PartnerOptions options) => new(
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan },
        options,
        services.GetRequiredService<MachineClock>(),
        services.GetRequiredService<ILogger<TClient>>());

    /// <summary>Hands something over. Never throws for what the partner or the network does: not to know is an answer too.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">What.</param>
    /// <param name="at">The time it is signed with, by the machine's clock; null: now. However late it leaves then, the partner takes it within <see cref="RequestSignature.Window"/> of that time or never.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<PartnerAnswer> PostAsync(string path, object body, DateTimeOffset? at, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), at, cancellationToken);

    /// <summary>Asks. Never throws for what the partner or the network does.</summary>
    public Task<PartnerAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, [], at: null, cancellationToken);

    /// <summary>The partner's file of a day, row by row. See <see cref="DailyFile"/>.</summary>
    /// <exception cref="PartnerOutOfReachException">The partner does not answer, or has no such file now.</exception>
    /// <exception cref="InvalidDataException">The file is cut off, forged or malformed: no row of it counts.</exception>
    public async IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = Signed(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"files/{day:yyyy-MM-dd}"), [], at: null);
        using var response = await OpenAsync(request, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var row in DailyFile.ReadAsync(content, day, options.WebhookKey, cancellationToken))
        {
            yield return row;
        }
    }

    /// <summary>A partner's words, in one line, and cut to what is kept of them.</summary>
    public static string? Cut(string? words, int longest)
    {
        var line = words is null ? "" : string.Concat(words.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        var length = Math.Min(line.Length, longest);
        var whole = length > 0 && length < line.Length && char.IsHighSurrogate(line[length - 1]) ? length - 1 : length;
        return whole == 0 ? null : line[..whole];
    }

    private async Task<PartnerAnswer> SendAsync(HttpMethod method, string path, byte[] body, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        using var request = Signed(method, path, body, at);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token);
            return new PartnerAnswer(Reach.Answered, response.StatusCode, await ReadAsync(response, patience.Token));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.NameResolutionError
            || exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            logger.LogWarning("{Partner} cannot be reached: {Error}", options.Name, exception.HttpRequestError);
            return new PartnerAnswer(Reach.NotReached);
        }
        catch (HttpRequestException exception)
        {
            logger.LogWarning("The answer of {Partner} was lost: {Error}", options.Name, exception.HttpRequestError);
            return new PartnerAnswer(Reach.NoAnswer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("{Partner} did not answer within {Timeout}", options.Name, options.Timeout);
            return new PartnerAnswer(Reach.NoAnswer);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Only until the first bytes: how long the file itself takes depends on its length.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return response;
            }

            using (response)
            {
                throw new PartnerOutOfReachException($"{options.Name} answered {(int)response.StatusCode} instead of a file.");
            }
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PartnerOutOfReachException($"{options.Name} does not give its file.", fault);
        }
    }

    private HttpRequestMessage Signed(HttpMethod method, string path, byte[] body, DateTimeOffset? at)
    {
        var uri = new Uri(options.BaseUrl, path);
        var time = (at ?? clock.GetUtcNow()).ToUnixTimeSeconds();
        var request = new HttpRequestMessage(method, uri);
        request.Headers.Add(RequestSignature.TimestampHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(RequestSignature.SignatureHeader, RequestSignature.Sign(options.RequestKey, method.Method, uri.AbsolutePath, time, body));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        return request;
    }

    private static async Task<PartnerWords?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is > MaxAnswerBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<PartnerWords>(await response.Content.ReadAsByteArrayAsync(cancellationToken), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A partner gives nothing now; it may later.</summary>
internal sealed class PartnerOutOfReachException(string message, Exception? innerException = null) : Exception(message, innerException), IOutOfReach;
