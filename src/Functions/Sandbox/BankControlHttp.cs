using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>What a developer does with the sandbox's bank: look at it, set its behaviour, decide a payout now, spoil its daily files.</summary>
[SandboxOnly]
public sealed class BankControlHttp(SandboxBank bank)
{
    [Function("SandboxListPayouts")]
    [Access(Role.Anonymous)]
    [Operation("All payouts at the sandbox's bank, newest first", Response = typeof(PayoutsAnswer))]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/payouts")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(new PayoutsAnswer([.. (await bank.Table.ListAsync(cancellationToken)).Where(order => order.Stands != OrderState.Void).Select(BankPayoutView.Of)]));

    [Function("SandboxSettlePayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank pays out now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> SettleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/settle")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, OrderState.Settled, cancellationToken);

    [Function("SandboxRejectPayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank turns a payout down now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> RejectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/reject")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, OrderState.Rejected, cancellationToken);

    [Function("SandboxReturnPayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank sends a settled payout back now", Request = typeof(DecisionBody), Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public Task<IResult> ReturnAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/return")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => CommandAsync(request, payoutId, OrderState.Returned, cancellationToken);

    [Function("SandboxLosePayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank loses a payout that it has taken", Response = typeof(BankPayoutView), Codes = ["payout_decided", "payout_not_found"])]
    public async Task<IResult> LoseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts/{payoutId}/lose")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken)
    {
        var lost = PartnerHttp.IsId(payoutId) ? await bank.LoseAsync(payoutId, cancellationToken) : WithdrawalErrors.PayoutNotFound;
        return lost.IsOk ? Answers.Ok(BankPayoutView.Of(lost.Value)) : Answers.Problem(request, lost.Error);
    }

    [Function("SandboxReadBankBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("How the sandbox's bank behaves", Response = typeof(BehaviourView))]
    public Task<IResult> ReadBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.ReadBehaviourAsync(bank, cancellationToken);

    [Function("SandboxSetBankBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("Set how the sandbox's bank treats payouts to come", Request = typeof(BehaviourBody), Response = typeof(BehaviourView))]
    public Task<IResult> SetBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/bank/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.SetBehaviourAsync(request, bank, _ => null, cancellationToken);

    [Function("SandboxSpoilBankFile")]
    [Access(Role.Anonymous)]
    [Operation("Plant mistakes in the sandbox bank's file of a day", Request = typeof(FileMistakes), Response = typeof(FileMistakes), Codes = ["not_found"])]
    public Task<IResult> SpoilAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/bank/files/{day}/mistakes")] HttpRequest request, string day, CancellationToken cancellationToken) =>
        PartnerHttp.PlantAsync(request, bank, day, cancellationToken);

    private Task<IResult> CommandAsync(HttpRequest request, string payoutId, OrderState wanted, CancellationToken cancellationToken) =>
        PartnerHttp.CommandAsync(request, bank, payoutId, wanted, PartnerHttp.AnyReason, cancellationToken);

    private sealed record PayoutsAnswer(IReadOnlyList<BankPayoutView> Items);

    private sealed record BehaviourBody(PartnerMode Mode, int? AfterSeconds);
}
