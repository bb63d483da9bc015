using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>What a developer does with the sandbox's acquirer: look at it, set its behaviour, decide a charge now, spoil its daily files.</summary>
[SandboxOnly]
public sealed class AcquirerControlHttp(SandboxAcquirer acquirer)
{
    [Function("SandboxListCharges")]
    [Access(Role.Anonymous)]
    [Operation("All charges at the sandbox's acquirer, newest first", Response = typeof(ChargesAnswer))]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/acquirer/charges")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(new ChargesAnswer([.. (await acquirer.Table.ListAsync(cancellationToken)).Select(ChargeView.Of)]));

    [Function("SandboxSettleCharge")]
    [Access(Role.Anonymous)]
    [Operation("The card pays now", Request = typeof(DecisionBody), Response = typeof(ChargeView), Codes = ["charge_decided", "charge_not_found"])]
    public Task<IResult> SettleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/acquirer/charges/{chargeId}/settle")] HttpRequest request,
        string chargeId,
        CancellationToken cancellationToken) =>
        PartnerHttp.CommandAsync(request, acquirer, chargeId, OrderState.Settled, PartnerHttp.AnyReason, cancellationToken);

    [Function("SandboxRejectCharge")]
    [Access(Role.Anonymous)]
    [Operation("The card refuses to pay now", Request = typeof(CardDecisionBody), Response = typeof(ChargeView), Codes = ["charge_decided", "charge_not_found"])]
    public Task<IResult> RejectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/acquirer/charges/{chargeId}/reject")] HttpRequest request,
        string chargeId,
        CancellationToken cancellationToken) =>
        PartnerHttp.CommandAsync(request, acquirer, chargeId, OrderState.Rejected, ReasonOf, cancellationToken);

    [Function("SandboxReadAcquirerBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("How the sandbox's acquirer behaves", Response = typeof(BehaviourView))]
    public Task<IResult> ReadBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/acquirer/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.ReadBehaviourAsync(acquirer, cancellationToken);

    [Function("SandboxSetAcquirerBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("Set how the sandbox's acquirer treats charges to come", Request = typeof(BehaviourBody), Response = typeof(BehaviourView))]
    public Task<IResult> SetBehaviourAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/acquirer/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.SetBehaviourAsync(request, acquirer, ReasonOf, cancellationToken);

    [Function("SandboxSpoilAcquirerFile")]
    [Access(Role.Anonymous)]
    [Operation("Plant mistakes in the sandbox acquirer's file of a day", Request = typeof(FileMistakes), Response = typeof(FileMistakes), Codes = ["not_found"])]
    public Task<IResult> SpoilAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/acquirer/files/{day}/mistakes")] HttpRequest request, string day, CancellationToken cancellationToken) =>
        PartnerHttp.PlantAsync(request, acquirer, day, cancellationToken);

    /// <summary>Why a card refuses: a failure code that customers see.</summary>
    private static string? ReasonOf(JsonForm form) =>
        form.OptionalEnum<CardRefusal>("reason") is { } reason ? CardRefusals.CodeOf(reason) : null;

    private sealed record ChargesAnswer(IReadOnlyList<ChargeView> Items);

    private sealed record CardDecisionBody(CardRefusal? Reason);

    private sealed record BehaviourBody(PartnerMode Mode, int? AfterSeconds, CardRefusal? Reason);
}
