using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Platform;

namespace WalletFunctions.Bills;

/// <summary>/v1/admin/billers: the register of those whose bills are paid.</summary>
public sealed class AdminBillerHttp(BillerRegister register, Idempotency idempotency, AuditLog audit, TimeProvider clock)
{
    private const string Route = "POST /v1/admin/billers";

    [Function("ListAdminBillers")]
    [Access(Role.Admin)]
    [Operation("The register of billers", Response = typeof(AdminBillerView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/billers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await register.ListAsync(page.Value, activeOnly: false, cancellationToken);
        return Answers.List(items.Select(AdminBillerView.Of).ToList(), continuation);
    }

    [Function("GetAdminBiller")]
    [Access(Role.Admin)]
    [Operation("One biller", Response = typeof(AdminBillerView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/billers/{billerId}")] HttpRequest request, string billerId, CancellationToken cancellationToken) =>
        Id.TryParse<BillerId>(billerId, out var id) && await register.FindRowAsync(id, cancellationToken) is { } row
            ? Answers.Ok(AdminBillerView.Of(row.Biller), row.ETag)
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>Enters a biller, with a wallet of its own to settle into.</summary>
    [Function("CreateBiller")]
    [Access(Role.Admin)]
    [Operation("Enter a biller into the register", Request = typeof(CreateBiller), Response = typeof(AdminBillerView), Status = 201, Key = true)]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/billers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var kind = form.Enum<BillerKind>("kind");
        var details = BillerForm.Ask(form, whole: true);
        return form.Finish() is { } mistake
            ? Answers.Problem(request, mistake)
            : await idempotency.RunAsync(request, Route, form, async operation =>
            {
                // The ids sort by the day, so that a repeat after a crash makes the same ones.
                var now = clock.GetUtcNow();
                var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
                var biller = new Biller(
                    Id.From<BillerId>(day, operation.Seed), details.Name!.Value, kind, BillerStatus.Active, details.Format!, Id.From<WalletId>(day, [.. operation.Seed, .. "wallet"u8]), now);
                var view = AdminBillerView.Of(await register.EnterAsync(details.ApplyTo(biller), cancellationToken));
                await audit.AddAsync(request.Caller(), "biller.create", view.BillerId.Value, Recorded.Of(view), cancellationToken);
                return StoredAnswer.Created(view, $"/api/v1/admin/billers/{view.BillerId}");
            }, cancellationToken);
    }

    /// <summary>Changes what the register says. The settlement wallet stays: the bills paid into it are written in its book.</summary>
    [Function("ChangeBiller")]
    [Access(Role.Admin)]
    [Operation("Change name, status, number format or maximum of a biller", Request = typeof(ChangeBiller), Response = typeof(AdminBillerView), Codes = ["not_found", "precondition_failed"])]
    public async Task<IResult> ChangeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/admin/billers/{billerId}")] HttpRequest request, string billerId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var change = BillerForm.Ask(read.Value, whole: false);
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        while (true)
        {
            if (!Id.TryParse<BillerId>(billerId, out var id) || await register.FindRowAsync(id, cancellationToken) is not { } row)
            {
                return Answers.Problem(request, PlatformErrors.NotFound);
            }

            if (ETags.Check(request, row.ETag) is { } stale)
            {
                return Answers.Problem(request, stale);
            }

            var changed = change.ApplyTo(row.Biller);
            var view = AdminBillerView.Of(changed);
            await audit.AddAsync(request.Caller(), "biller.change", id.Value, Recorded.Of(view), cancellationToken);
            if (await register.ReplaceAsync(changed, row.ETag, cancellationToken) is { } etag)
            {
                return Answers.Ok(view, etag);
            }
        }
    }

    /// <summary>What the audit log keeps.</summary>
    private sealed record Recorded(BillerKind Kind, BillerStatus Status, BillNumberView BillNumber, Money? MaxPerBill, WalletId SettlementWalletId)
    {
        public static Recorded Of(AdminBillerView view) => new(view.Kind, view.Status, view.BillNumber, view.MaxPerBill, view.SettlementWalletId);
    }

    internal sealed record NumberFormat(int MinDigits, int MaxDigits, string? Prefix, BillNumberCheck? Check);

    internal sealed record CreateBiller(BillerName Name, BillerKind Kind, NumberFormat BillNumber, BillerStatus? Status, Money? MaxPerBill);

    internal sealed record ChangeBiller(BillerName? Name, NumberFormat? BillNumber, BillerStatus? Status, Money? MaxPerBill);
}
