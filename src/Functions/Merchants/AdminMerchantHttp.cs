using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

/// <summary>/v1/admin/merchants: the register of those who are paid.</summary>
public sealed class AdminMerchantHttp(MerchantRegister register, MerchantOpening opening, Idempotency idempotency, AuditLog audit)
{
    private const string Route = "POST /v1/admin/merchants";

    [Function("ListMerchants")]
    [Access(Role.Admin)]
    [Operation("The register of merchants", Response = typeof(MerchantView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/merchants")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await register.ListAsync(page.Value, cancellationToken);
        return Answers.List(items.Select(MerchantView.Of).ToList(), continuation);
    }

    [Function("GetMerchant")]
    [Access(Role.Admin)]
    [Operation("One merchant", Response = typeof(MerchantView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/merchants/{merchantId}")] HttpRequest request, string merchantId, CancellationToken cancellationToken) =>
        Id.TryParse<AccountId>(merchantId, out var id) && await register.FindRowAsync(id, cancellationToken) is { } row
            ? Answers.Ok(MerchantView.Of(row.Merchant), row.ETag)
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>Enters a business. Its account's password is set by its owner, by telephone.</summary>
    [Function("CreateMerchant")]
    [Access(Role.Admin)]
    [Operation("Enter a merchant into the register", Request = typeof(CreateMerchant), Response = typeof(MerchantView), Status = 201, Key = true,
        Codes = ["phone_taken", "settlement_wallet_unknown"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/merchants")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var (phone, name, settlement) = (form.RequiredPhone("phone"), form.RequiredString("name", MerchantForm.LongestName), form.OptionalId<WalletId>("settlementWalletId"));
        var details = MerchantForm.Ask(form);
        return form.Finish() is { } mistake
            ? Answers.Problem(request, mistake)
            : await idempotency.RunAsync(request, Route, form, async operation =>
            {
                var opened = await opening.OpenAsync(phone, name, settlement, details, operation.Seed, cancellationToken);
                if (!opened.IsOk)
                {
                    return StoredAnswer.Problem(request, opened.Error);
                }

                var view = MerchantView.Of(opened.Value);
                await audit.AddAsync(request.Caller(), "merchant.create", view.MerchantId.Value, Recorded.Of(view), cancellationToken);
                return StoredAnswer.Created(view, $"/api/v1/admin/merchants/{view.MerchantId}");
            }, cancellationToken);
    }

    /// <summary>Changes what the register says. The settlement wallet stays: the orders it was paid for are written in its book.</summary>
    [Function("ChangeMerchant")]
    [Access(Role.Admin)]
    [Operation("Change name, status, restrictions or invoices of a merchant", Request = typeof(ChangeMerchant), Response = typeof(MerchantView), Codes = ["not_found", "precondition_failed"])]
    public async Task<IResult> ChangeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/admin/merchants/{merchantId}")] HttpRequest request, string merchantId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var change = MerchantForm.Ask(read.Value);
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        while (true)
        {
            if (!Id.TryParse<AccountId>(merchantId, out var id) || await register.FindRowAsync(id, cancellationToken) is not { } row)
            {
                return Answers.Problem(request, PlatformErrors.NotFound);
            }

            if (ETags.Check(request, row.ETag) is { } stale)
            {
                return Answers.Problem(request, stale);
            }

            var changed = MerchantView.Of(change.ApplyTo(row.Merchant));
            await audit.AddAsync(request.Caller(), "merchant.change", id.Value, Recorded.Of(changed), cancellationToken);
            if (await register.ReplaceAsync(change.ApplyTo(row.Merchant), row, cancellationToken) is { } etag)
            {
                return Answers.Ok(changed, etag);
            }
        }
    }

    /// <summary>What the audit log keeps: no names.</summary>
    private sealed record Recorded(MerchantStatus Status, MerchantRestrictions Restrictions, bool InvoiceSupported, WalletId SettlementWalletId)
    {
        public static Recorded Of(MerchantView view) => new(view.Status, view.Restrictions, view.InvoiceSupported, view.SettlementWalletId);
    }

    internal sealed record Restrictions(Money? MaxPerPayment, string? LeastClass);

    internal sealed record CreateMerchant(
        string Phone, string Name, WalletId? SettlementWalletId, MerchantStatus? Status, Restrictions? Restrictions, bool? InvoiceSupported);

    internal sealed record ChangeMerchant(string? Name, MerchantStatus? Status, Restrictions? Restrictions, bool? InvoiceSupported);
}
