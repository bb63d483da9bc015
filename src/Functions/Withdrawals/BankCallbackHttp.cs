using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Withdrawals;

/// <summary>Where the bank calls back. Whoever calls must prove to be the bank; a proof that fails leaves nothing behind.</summary>
public sealed class BankCallbackHttp(BankCallbacks callbacks, BankOptions options, MachineClock clock)
{
    private const int MaxPayoutId = 64;

    private enum Outcome
    {
        Settled,
        Rejected,
        Returned,
    }

    [Function("BankCallback")]
    [Access(Role.Anonymous)]
    [Operation("What the bank tells by itself (Standard Webhooks signature)", Request = typeof(BankCallbackBody), Response = typeof(Taken),
        Codes = ["bad_signature", "payout_not_found"])]
    public async Task<IResult> ReceiveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/bank/callbacks")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return Answers.Problem(request, body.Error);
        }

        if (StandardWebhook.Verify(options.WebhookKey, request.Headers, body.Value.Span, clock.GetUtcNow()) is not { } callbackId)
        {
            return Answers.Problem(request, PartnerErrors.BadSignature);
        }

        var form = JsonForm.Parse(body.Value);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var payoutId = form.Value.RequiredString("payoutId", MaxPayoutId);
        var outcome = form.Value.Enum<Outcome>("outcome");
        var reason = PartnerClient.Cut(form.Value.AnyText("reason"), BankWord.MaxReason);
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        var word = new BankWord(
            outcome switch
            {
                Outcome.Settled => PayoutOutcome.Settled,
                Outcome.Rejected => PayoutOutcome.Rejected,
                Outcome.Returned => PayoutOutcome.Returned,
            },
            reason);
        return await callbacks.HearAsync(payoutId, word, callbackId, durable, cancellationToken) is { } refusal
            ? Answers.Problem(request, refusal)
            : Answers.Ok(new Taken(true));
    }

    /// <summary>The same for news, repeats and what came too late: the bank need not ask again.</summary>
    private sealed record Taken(bool Received);
}
