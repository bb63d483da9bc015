using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Accounts.Codes;

/// <summary>
/// A gateway of short messages: <c>POST {BaseUrl}messages</c> with <c>{messageId, to, text}</c>, signed as requests to banks
/// are. Tried once: whoever waits for a code asks again, and a code sent twice would only confuse.
/// </summary>
internal sealed class HttpSmsSender(HttpClient http, SmsOptions options, MachineClock clock) : ISmsSender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task SendAsync(Sms message, CancellationToken cancellationToken)
    {
        var messageId = "sms_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        using var request = Signed(JsonSerializer.SerializeToUtf8Bytes(new { messageId, to = message.To.Value, text = message.Text }, JsonSerializerOptions.Web));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw new CodeNotSentException($"The gateway of short messages answered {(int)response.StatusCode}.");
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CodeNotSentException("The gateway of short messages is out of reach.");
        }
    }

    private HttpRequestMessage Signed(byte[] body)
    {
        var uri = new Uri(options.BaseUrl, "messages");
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
}
