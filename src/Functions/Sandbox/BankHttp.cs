using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Sandbox.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox bank's own API, as a bank would offer it: requests are signed, a payout id is paid once.</summary>
[SandboxOnly]
public sealed class BankHttp(SandboxBank bank)
{
    [Function("SandboxBankTakePayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank takes an order (signed)", Request = typeof(OrderBody), Response = typeof(BankPayoutView),
        Codes = ["bad_signature", "bank_down", "payout_differs"])]
    public Task<IResult> TakeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.TakeAsync(request, bank, (form, behaviour) => TakeAsync(form, behaviour, cancellationToken), cancellationToken);

    [Function("SandboxBankAskPayout")]
    [Access(Role.Anonymous)]
    [Operation("How a payout stands at the sandbox's bank (signed)", Response = typeof(BankPayoutView), Codes = ["bad_signature", "bank_down", "payout_not_found"])]
    public Task<IResult> AskAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/payouts/{payoutId}")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken) => PartnerHttp.AskAsync(request, bank, payoutId, cancellationToken);

    [Function("SandboxBankVoidPayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank declares a payout void that it does not have: it will never take it (signed)", Request = typeof(VoidBody), Response = typeof(BankPayoutView),
        Codes = ["bad_signature", "bank_down", "payout_taken"])]
    public Task<IResult> VoidAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/voids")] HttpRequest request, CancellationToken cancellationToken) =>
        PartnerHttp.TakeAsync(request, bank, (form, _) => VoidAsync(form, cancellationToken), cancellationToken);

    [Function("SandboxBankFile")]
    [Access(Role.Anonymous)]
    [Operation("What the sandbox's bank paid out, or got back, on a Shanghai day (signed)", ResponseMediaType = DailyFile.MediaType,
        Codes = ["bad_signature", "bank_down", "not_found"])]
    public Task<IResult> FileAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/files/{day}")] HttpRequest request, string day, CancellationToken cancellationToken) =>
        PartnerHttp.FileAsync(request, bank, day, cancellationToken);

    private async Task<Result<OrderRow>> TakeAsync(JsonForm form, PartnerBehaviour behaviour, CancellationToken cancellationToken)
    {
        var payoutId = PayoutIdOf(form);
        var withdrawalId = form.RequiredString("withdrawalId", PartnerHttp.MaxId);
        var amount = form.RequiredMoney("amount");
        var beneficiary = form.RequiredObject("beneficiary");
        beneficiary.RequiredString("bankCode", 32);
        beneficiary.RequiredString("holderName", 200);
        beneficiary.RequiredString("cardNumber", 32);
        var dueBy = form.OptionalTime("dueBy");
        return form.Finish() is { } wrong ? wrong : await bank.TakeAsync(payoutId, withdrawalId, amount, dueBy, behaviour, cancellationToken);
    }

    private async Task<Result<OrderRow>> VoidAsync(JsonForm form, CancellationToken cancellationToken)
    {
        var payoutId = PayoutIdOf(form);
        return form.Finish() is { } wrong ? wrong : await bank.VoidAsync(payoutId, cancellationToken);
    }

    private static string PayoutIdOf(JsonForm form)
    {
        var payoutId = form.RequiredString("payoutId", PartnerHttp.MaxId);
        if (payoutId.Length > 0 && !PartnerHttp.IsId(payoutId))
        {
            form.Fail(FieldErrors.Invalid("payoutId", new("格式有误。", "it is not well formed.")));
        }

        return payoutId;
    }

    private sealed record VoidBody(string PayoutId);

    private sealed record OrderBody(string PayoutId, string WithdrawalId, Money Amount, BeneficiaryBody Beneficiary, DateTimeOffset? DueBy);

    private sealed record BeneficiaryBody(string BankCode, string HolderName, string CardNumber);
}
