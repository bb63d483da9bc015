using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

/// <summary>What a developer does with the sandbox's bank: look at it, set its behaviour, decide a payout now.</summary>
[SandboxOnly]
public sealed class BankControlHttp(BankCounter counter, BankTable table, BankOptions options)
{
    private const int MaxDelaySeconds = 366 * 24 * 60 * 60;

    [Function("SandboxListPayouts")]
    [Access(Role.Anonymous)]
    [Operation("All payouts at the sandbox's bank, newest first", Response = typeof(PayoutsAnswer))]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/payouts")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(new PayoutsAnswer([.. (await table.ListAsync(cancellationToken)).Select(BankPayoutView.Of)]));

    [Function("SandboxSettlePayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank pays out now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> SettleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/settle")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, BankPayoutState.Settled, cancellationToken);

    [Function("SandboxRejectPayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank turns a payout down now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> RejectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/reject")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, BankPayoutState.Rejected, cancellationToken);

    [Function("SandboxReturnPayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank sends a settled payout back now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> ReturnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/return")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, BankPayoutState.Returned, cancellationToken);

    [Function("SandboxReadBankBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("How the sandbox's bank behaves", Response = typeof(BehaviourAnswer))]
    public async Task<IResult> ReadBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(Of(await table.BehaviourAsync(cancellationToken)));

    [Function("SandboxSetBankBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("Set how the sandbox's bank treats payouts to come", Request = typeof(BehaviourBody), Response = typeof(BehaviourAnswer))]
    public async Task<IResult> SetBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/bank/behaviour")] HttpRequest request, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var behaviour = BankBehaviour.Of(form.Value.Enum<BankMode>("mode"), form.Value.OptionalInt("afterSeconds", 0, MaxDelaySeconds));
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        await table.BehaveAsync(behaviour, cancellationToken);
        return Answers.Ok(Of(behaviour));
    }

    private async Task<IResult> CommandAsync(HttpRequest request, string payoutId, BankPayoutState wanted, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var reason = form.Value.OptionalString("reason", BankWord.MaxReason);
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        if (!BankPayoutView.IsId(payoutId))
        {
            return Answers.Problem(request, WithdrawalErrors.PayoutNotFound);
        }

        var decided = await counter.CommandAsync(payoutId, wanted, reason, cancellationToken);
        return decided.IsOk ? Answers.Ok(BankPayoutView.Of(decided.Value)) : Answers.Problem(request, decided.Error);
    }

    private BehaviourAnswer Of(BankBehaviour behaviour) => new(behaviour.Mode, behaviour.AfterSeconds, options.SandboxWebhookSecret);

    private sealed record PayoutsAnswer(IReadOnlyList<BankPayoutView> Items);

    private sealed record DecisionBody(string? Reason);

    private sealed record BehaviourBody(BankMode Mode, int? AfterSeconds);

    /// <param name="Mode">See <see cref="BankMode"/>.</param>
    /// <param name="AfterSeconds">On the business clock.</param>
    /// <param name="WebhookSecret">With it a developer signs callbacks by hand; absent where a secret of one's own is configured.</param>
    private sealed record BehaviourAnswer(BankMode Mode, int AfterSeconds, string? WebhookSecret);
}
