using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>The bank over HTTP: <c>POST payouts</c> and <c>GET payouts/{id}</c>, each request signed. Tries once; the orchestration decides about again.</summary>
internal sealed class HttpBank(HttpClient http, BankOptions options, MachineClock clock, ILogger<HttpBank> logger) : IBank
{
    private const int MaxAnswerBytes = 64 * 1024;

    public async Task<SubmitAnswer> SubmitAsync(PayoutOrder order, CancellationToken cancellationToken)
    {
        var body = new OrderBody(
            order.PayoutId, order.WithdrawalId.Value, new(order.Amount.Amount, order.Amount.Currency.Code),
            new(order.Card.BankCode, order.Card.HolderName, order.Card.CardNumber), order.DueBy);
        var (reach, status, answer) = await SendAsync(HttpMethod.Post, "payouts", JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), cancellationToken);
        return (reach, status) switch
        {
            (Reach.NotReached, _) => new(SubmitAnswerKind.NotTaken),
            (Reach.NoAnswer, _) => new(SubmitAnswerKind.Unknown),

            // The bank's contract: 503 and 429 mean that nothing was taken; 422 that nothing ever will be.
            (_, HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) => new(SubmitAnswerKind.NotTaken),
            (_, HttpStatusCode.UnprocessableEntity) => new(SubmitAnswerKind.Refused, Cut(answer?.Code)),
            (_, >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous) => new(SubmitAnswerKind.Taken),
            _ => new(SubmitAnswerKind.Unknown),
        };
    }

    public async Task<StatusAnswer> AskAsync(string payoutId, CancellationToken cancellationToken)
    {
        var (reach, status, answer) = await SendAsync(HttpMethod.Get, $"payouts/{Uri.EscapeDataString(payoutId)}", [], cancellationToken);
        return (reach, status, answer?.State) switch
        {
            (Reach.Answered, HttpStatusCode.NotFound, _) when answer?.Code == "payout_not_found" => new(StatusAnswerKind.NotKnown),
            (Reach.Answered, HttpStatusCode.OK, "pending") => new(StatusAnswerKind.Pending),
            (Reach.Answered, HttpStatusCode.OK, "settled") => Decided(PayoutOutcome.Settled),
            (Reach.Answered, HttpStatusCode.OK, "rejected") => Decided(PayoutOutcome.Rejected),
            (Reach.Answered, HttpStatusCode.OK, "returned") => Decided(PayoutOutcome.Returned),
            _ => new(StatusAnswerKind.Unreachable),
        };

        StatusAnswer Decided(PayoutOutcome outcome) => new(StatusAnswerKind.Decided, new BankWord(outcome, Cut(answer?.Reason)));
    }

    private async Task<(Reach Reach, HttpStatusCode Status, AnswerBody? Body)> SendAsync(
        HttpMethod method, string path, byte[] body, CancellationToken cancellationToken)
    {
        var uri = new Uri(options.BaseUrl, path);
        var time = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(method, uri);
        request.Headers.Add(BankRequestSignature.TimestampHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(BankRequestSignature.SignatureHeader, BankRequestSignature.Sign(options.RequestKey, method.Method, uri.AbsolutePath, time, body));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token);
            return (Reach.Answered, response.StatusCode, await ReadAsync(response, patience.Token));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.NameResolutionError
            || exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            logger.LogWarning("The bank cannot be reached: {Error}", exception.HttpRequestError);
            return (Reach.NotReached, default, null);
        }
        catch (HttpRequestException exception)
        {
            logger.LogWarning("The bank's answer was lost: {Error}", exception.HttpRequestError);
            return (Reach.NoAnswer, default, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("The bank did not answer within {Timeout}", options.Timeout);
            return (Reach.NoAnswer, default, null);
        }
    }

    private static async Task<AnswerBody?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is > MaxAnswerBytes)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<AnswerBody>(await response.Content.ReadAsByteArrayAsync(cancellationToken), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Cut(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? null : reason[..Math.Min(reason.Length, BankWord.MaxReason)];

    private enum Reach
    {
        Answered,
        NotReached,
        NoAnswer,
    }

    private sealed record OrderBody(
        string PayoutId, string WithdrawalId, AmountBody Amount, BeneficiaryBody Beneficiary, DateTimeOffset DueBy);

    private sealed record AmountBody(long Amount, string Currency);

    private sealed record BeneficiaryBody(string BankCode, string HolderName, string CardNumber);

    private sealed record AnswerBody(
        [property: JsonPropertyName("state")] string? State,
        [property: JsonPropertyName("reason")] string? Reason,
        [property: JsonPropertyName("code")] string? Code);
}
