using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TopUps.Acquirer;

namespace WalletFunctions.TopUps;

/// <summary>Where the acquirer calls back. Whoever calls must prove to be the acquirer; a proof that fails leaves nothing behind.</summary>
public sealed class AcquirerCallbackHttp
{
    private const int MaxChargeId = 64;

    private readonly ChargeIndex index;
    private readonly TopUpTable table;
    private readonly TopUpDesk desk;
    private readonly AcquirerOptions options;
    private readonly MachineClock clock;

    public AcquirerCallbackHttp(Storage storage, TopUpDesk desk, AcquirerOptions options, MachineClock clock) =>
        (index, table, this.desk, this.options, this.clock) = (new ChargeIndex(storage), new TopUpTable(storage), desk, options, clock);

    [Function("AcquirerCallback")]
    [Access(Role.Anonymous)]
    [Operation("What the acquirer tells by itself (Standard Webhooks signature)", Request = typeof(AcquirerCallbackBody), Response = typeof(Taken),
        Codes = ["bad_signature", "charge_not_found"])]
    public async Task<IResult> ReceiveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/acquirer/callbacks")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return Answers.Problem(request, body.Error);
        }

        // The id of the message is not needed to tell repeats: what is heard twice is news once.
        if (StandardWebhook.Verify(options.WebhookKey, request.Headers, body.Value.Span, clock.GetUtcNow()) is null)
        {
            return Answers.Problem(request, PartnerErrors.BadSignature);
        }

        var form = JsonForm.Parse(body.Value);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var chargeId = form.Value.RequiredString("chargeId", MaxChargeId);
        var word = new ChargeWord(form.Value.Enum<ChargeOutcome>("outcome"), PartnerClient.Cut(form.Value.AnyText("reason"), ChargeWord.MaxReason));
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        if (await index.FindAsync(chargeId, cancellationToken) is not { } wallet
            || await table.FindAsync(wallet, TopUpId.Of(chargeId), cancellationToken) is not { } stored)
        {
            return Answers.Problem(request, TopUpErrors.ChargeNotFound);
        }

        await desk.HearAsync(stored, word, cancellationToken);
        return Answers.Ok(new Taken(true));
    }

    /// <summary>The same for news, repeats and what came too late: the acquirer need not ask again.</summary>
    private sealed record Taken(bool Received);

    private sealed record AcquirerCallbackBody(string ChargeId, ChargeOutcome Outcome, string? Reason);
}
