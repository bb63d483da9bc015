using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>/v1/admin/reconciliations.</summary>
public sealed class ReconciliationHttp(Reconciler reconciler, FindingDesk desk, ReconciliationBell bell, Idempotency idempotency, AuditLog audit, TimeProvider clock)
{
    private const string Route = "POST /v1/admin/reconciliations";

    [Function("StartReconciliation")]
    [Access(Role.Admin)]
    [Operation("Compare all books with each other, with their anchors and with the bank's and acquirer's files, now", Response = typeof(Started), Status = 202, Key = true)]
    public async Task<IResult> StartAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/reconciliations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if ((form.IsOk ? form.Value.Finish() : form.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        return await idempotency.RunAsync(request, Route, form.Value!, async operation =>
        {
            // A run after a crash makes a second id only if the first left no trace: the row is looked up by the seed first.
            var id = Id.From<ReconciliationId>(clock.GetUtcNow(), operation.Seed);
            await audit.AddAsync(request.Caller(), "reconciliation.start", id.Value, null, cancellationToken);
            var run = await reconciler.RequestAsync(id, isDaily: false, cancellationToken);
            await bell.RingAsync(id, cancellationToken);
            return StoredAnswer.Accepted(new Started(id, run.Status), $"/api/v1/admin/reconciliations/{id}");
        }, cancellationToken);
    }

    [Function("ListReconciliations")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Reconciliations, newest first", Response = typeof(RunAnswer), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/reconciliations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await reconciler.ListAsync(page.Value, cancellationToken);
        return Answers.List(items.Select(run => RunAnswer.Of(run, null)).ToList(), continuation);
    }

    [Function("GetReconciliation")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("A reconciliation with what it found", Response = typeof(RunAnswer), Codes = ["not_found"])]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/reconciliations/{reconciliationId}")] HttpRequest request, string reconciliationId, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<ReconciliationId>(reconciliationId, out var id) || await reconciler.FindAsync(id, cancellationToken) is not { } run)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var findings = await Task.WhenAll((run.Summary?.Findings ?? []).Select(finding => desk.FindAsync(FindingId.Of(finding), cancellationToken)));
        return Answers.Ok(RunAnswer.Of(run, [.. findings.OfType<StoredFinding>().Select(FindingAnswer.Of)]));
    }

    internal sealed record Started(ReconciliationId ReconciliationId, RunStatus Status);

    /// <param name="ReconciliationId">Its id.</param>
    /// <param name="Status">running, clean or findings.</param>
    /// <param name="Daily">Whether the timer began it.</param>
    /// <param name="AsOf">The moment whose balances were added up.</param>
    /// <param name="Attempts">More than 1 where a host died over it.</param>
    /// <param name="Totals">The accounts of all books together at that moment.</param>
    /// <param name="Files">The files compared: name and day.</param>
    internal sealed record RunAnswer(
        ReconciliationId ReconciliationId, RunStatus Status, bool Daily, DateTimeOffset RequestedAt, DateTimeOffset? AsOf, DateTimeOffset? EndedAt, int Attempts,
        long? Books, long? Entries, TotalsAnswer? Totals, int? InTransitCount, long? FileItems, IReadOnlyList<string>? Files, int? FindingCount, IReadOnlyList<FindingAnswer>? Findings)
    {
        public static RunAnswer Of(Run run, IReadOnlyList<FindingAnswer>? findings) => new(
            run.Id, run.Status, run.IsDaily, run.RequestedAt, run.AsOf, run.EndedAt, run.Attempts,
            run.Summary?.Books, run.Summary?.Entries, run.Summary is { } summary ? TotalsAnswer.Of(summary.Totals) : null, run.Summary?.InTransit,
            run.Summary?.FileItems, run.Summary?.Files, run.Summary?.FindingCount, findings);
    }

    internal sealed record TotalsAnswer(Money Available, Money Held, Money TopUpClearing, Money PayoutClearing, Money Fees, Money InTransit, Money Suspense)
    {
        public static TotalsAnswer Of(Domain.Books.Balances totals) => new(
            Money.Fen(totals.Available), Money.Fen(totals.Held), Money.Fen(totals.TopUpClearing), Money.Fen(totals.PayoutClearing),
            Money.Fen(totals.Fees), Money.Fen(totals.InTransit), Money.Fen(totals.Suspense));
    }
}
