using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Notifications.Sms;

/// <summary>
/// A gateway of short messages: <c>POST {BaseUrl}messages</c> with <c>{messageId, to, text, code?}</c>, signed as requests to banks
/// are. The gateway sends what it has under one id once, so no answer, 429 and 5xx mean "again later"; any other 4xx means "never".
/// </summary>
internal sealed class HttpSmsSender(HttpClient http, SmsOptions options, MachineClock clock) : ISmsSender
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly SendOutcome Again = new SendOutcome.TryLater(TimeSpan.FromSeconds(30));

    public async Task<SendOutcome> SendAsync(ShortMessage message, CancellationToken cancellationToken)
    {
        using var request = Signed(JsonSerializer.SerializeToUtf8Bytes(new Wire(message.MessageId, message.To.Value, message.Text, message.Code), Json));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous => new SendOutcome.Sent(null),

                // 401 and 403: our key or our clock, which somebody mends.
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => Again,
                >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => new SendOutcome.Failed("message_refused"),
                _ => Again,
            };
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Again;
        }
    }

    private HttpRequestMessage Signed(byte[] body)
    {
        var uri = new Uri(options.BaseUrl(), "messages");
        var time = clock.GetUtcNow().ToUnixTimeSeconds();
        return new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
            Headers =
            {
                { RequestSignature.TimestampHeader, time.ToString(CultureInfo.InvariantCulture) },
                { RequestSignature.SignatureHeader, RequestSignature.Sign(options.RequestKey, "POST", uri.AbsolutePath, time, body) },
            },
        };
    }

    private sealed record Wire(string MessageId, string To, string Text, string? Code);
}
