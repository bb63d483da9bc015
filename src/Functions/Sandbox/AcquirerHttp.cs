using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Sandbox.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox acquirer's own API, as an acquirer would offer it: requests are signed, a charge id is charged once.</summary>
[SandboxOnly]
public sealed class AcquirerHttp(SandboxAcquirer acquirer)
{
    [Function("SandboxAcquirerCharge")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's acquirer charges a card (signed)", Request = typeof(ChargeBody), Response = typeof(ChargeView),
        Codes = ["acquirer_down", "bad_signature", "charge_differs"])]
    public Task<IResult> TakeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/acquirer/charges")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.TakeAsync(request, acquirer, (form, behaviour) => TakeAsync(form, behaviour, cancellationToken), cancellationToken);

    [Function("SandboxAcquirerAskCharge")]
    [Access(Role.Anonymous)]
    [Operation("How a charge stands at the sandbox's acquirer (signed)", Response = typeof(ChargeView), Codes = ["acquirer_down", "bad_signature", "charge_not_found"])]
    public Task<IResult> AskAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/acquirer/charges/{chargeId}")] HttpRequest request,
        string chargeId,
        CancellationToken cancellationToken) => PartnerHttp.AskAsync(request, acquirer, chargeId, cancellationToken);

    [Function("SandboxAcquirerFile")]
    [Access(Role.Anonymous)]
    [Operation("What cards paid through the sandbox's acquirer on a Shanghai day (signed)", ResponseMediaType = DailyFile.MediaType,
        Codes = ["acquirer_down", "bad_signature", "not_found"])]
    public Task<IResult> FileAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/acquirer/files/{day}")] HttpRequest request, string day, CancellationToken cancellationToken) =>
        PartnerHttp.FileAsync(request, acquirer, day, cancellationToken);

    private async Task<Result<OrderRow>> TakeAsync(JsonForm form, PartnerBehaviour behaviour, CancellationToken cancellationToken)
    {
        var chargeId = form.RequiredString("chargeId", PartnerHttp.MaxId);
        var amount = form.RequiredMoney("amount");
        var card = form.RequiredObject("card");
        card.RequiredString("bankCode", 32);
        card.RequiredString("holderName", 200);
        card.RequiredString("cardNumber", 32);
        if (chargeId.Length > 0 && !PartnerHttp.IsId(chargeId))
        {
            form.Fail(FieldErrors.Invalid("chargeId", new("格式有误。", "it is not well formed.")));
        }

        if (form.Finish() is { } wrong)
        {
            return wrong;
        }

        var taken = await acquirer.TakeAsync(chargeId, null, amount, null, behaviour, cancellationToken);

        // A card that pays or not at once is answered so in the same breath.
        return taken.IsOk ? (await acquirer.FindAsync(chargeId, cancellationToken))! : taken;
    }

    private sealed record ChargeBody(string ChargeId, Money Amount, CardBody Card);

    private sealed record CardBody(string BankCode, string HolderName, string CardNumber);
}
