using System.Text;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation.Anchors;

namespace WalletFunctions.Reconciliation;

/// <summary>Runs the reconciliation: one run at a time over all hosts, each to its end however many hosts die over it.</summary>
public sealed class Reconciler
{
    private static readonly TimeSpan LeasePause = TimeSpan.FromMilliseconds(250);

    private readonly RunTable runs;
    private readonly RunLease lease;
    private readonly LedgerCheck check;
    private readonly AnchorWriter anchors;
    private readonly AnchorAudit anchorAudit;
    private readonly FindingDesk desk;
    private readonly IReadOnlyList<ICounterparty> parties;
    private readonly ReconciliationOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<Reconciler> log;

    internal Reconciler(
        RunTable runs, RunLease lease, LedgerCheck check, AnchorWriter anchors, AnchorAudit anchorAudit, FindingDesk desk,
        IEnumerable<ICounterparty> parties, ReconciliationOptions options, TimeProvider clock, ILogger<Reconciler> log)
    {
        (this.runs, this.lease, this.check, this.anchors, this.anchorAudit, this.desk) = (runs, lease, check, anchors, anchorAudit, desk);
        (this.parties, this.options, this.clock, this.log) = ([.. parties], options, clock, log);
    }

    /// <summary>Asks for a run; the same id again is the same run.</summary>
    internal async Task<Run> RequestAsync(ReconciliationId id, bool isDaily, CancellationToken cancellationToken)
    {
        var run = new Run(id, isDaily, clock.GetUtcNow(), RunStatus.Running);
        return await runs.AddAsync(run, cancellationToken) ? run : await runs.FindAsync(id, cancellationToken) ?? run;
    }

    internal Task<Run?> FindAsync(ReconciliationId id, CancellationToken cancellationToken) => runs.FindAsync(id, cancellationToken);

    internal Task<(IReadOnlyList<Run> Items, string? Continuation)> ListAsync(Page page, CancellationToken cancellationToken) => runs.ListAsync(page, cancellationToken);

    /// <summary>Does what is due: anchors of days that have ended, runs that are not finished, the daily run. Does nothing while another host does.</summary>
    /// <returns>False when another host does.</returns>
    internal Task<bool> TickAsync(CancellationToken cancellationToken) => lease.TryRunAsync(DoDueAsync, cancellationToken);

    /// <summary>Sees to it that a run comes to its end, by this host or another.</summary>
    internal async Task FinishAsync(ReconciliationId id, CancellationToken cancellationToken)
    {
        while (await runs.FindAsync(id, cancellationToken) is { Status: RunStatus.Running } && !await TickAsync(cancellationToken))
        {
            await Task.Delay(LeasePause, cancellationToken);
        }
    }

    private async Task DoDueAsync(CancellationToken cancellationToken)
    {
        await anchors.CatchUpAsync(clock.GetUtcNow(), cancellationToken);
        while (true)
        {
            if (await runs.FirstUnfinishedAsync(cancellationToken) is { } run)
            {
                await ExecuteAsync(run, cancellationToken);
                continue;
            }

            // The first tick after a day has ended, and its files may be expected, begins the run of that day.
            var day = LastClosedDay();
            var daily = Id.From<ReconciliationId>(Shanghai.At(day.AddDays(1), TimeOnly.MinValue), Encoding.UTF8.GetBytes($"daily {day:yyyy-MM-dd}"));
            if (await runs.FindAsync(daily, cancellationToken) is not null)
            {
                return;
            }

            await RequestAsync(daily, isDaily: true, cancellationToken);
        }
    }

    private async Task ExecuteAsync(Run run, CancellationToken cancellationToken)
    {
        var asOf = clock.GetUtcNow() - options.Lag;
        if (await runs.ReplaceAsync(run with { Attempts = run.Attempts + 1, AsOf = asOf }, cancellationToken) is not { } begun)
        {
            return;
        }

        var (anchorFindings, sound) = await anchorAudit.RunAsync(cancellationToken);
        var anchored = sound is { } day ? anchorAudit.LinesAsync(day, cancellationToken) : null;
        var files = await DueFilesAsync(cancellationToken);
        var report = await check.RunAsync(asOf, asOf - options.CreditPatience, anchored, files, cancellationToken);
        Domain.Reconciliation.Finding[] found = [.. anchorFindings, .. report.Findings];
        foreach (var finding in found)
        {
            await desk.TakeAsync(finding, run.Id, asOf, cancellationToken);
        }

        // Only now, with its findings kept, does a day count as compared; and only if all before it do.
        foreach (var party in files.GroupBy(file => file.Party, StringComparer.Ordinal))
        {
            if (party.TakeWhile(file => report.ComparedFiles.Contains((file.Party, file.Day))).LastOrDefault() is { } last)
            {
                await runs.ComparedAsync(last.Party, last.Day, cancellationToken);
            }
        }

        var status = found.Length == 0 ? RunStatus.Clean : RunStatus.Findings;
        await runs.ReplaceAsync(begun with { Status = status, EndedAt = clock.GetUtcNow(), Summary = RunSummary.Of(report, found) }, cancellationToken);
        log.LogInformation("Reconciliation {RunId} as of {AsOf} read {Books} books and {Entries} entries: {Findings} findings", run.Id, asOf, report.Books, report.Entries, found.Length);
    }

    /// <summary>The files of closed days that were not compared yet, in order. Days after one whose file is late are compared again with it.</summary>
    private async Task<IReadOnlyList<FileComparison>> DueFilesAsync(CancellationToken cancellationToken)
    {
        var due = new List<FileComparison>();
        var last = LastClosedDay();
        foreach (var party in parties)
        {
            var first = (await runs.LastComparedAsync(party.Name, cancellationToken))?.AddDays(1) ?? last.AddDays(1 - options.DaysBack);
            for (var day = first; day <= last && day < first.AddDays(options.MostDays); day = day.AddDays(1))
            {
                due.Add(new FileComparison(party, day, options));
            }
        }

        return due;
    }

    private DateOnly LastClosedDay() => Shanghai.DayOf(clock.GetUtcNow() - options.Lag - options.DayGrace).AddDays(-1);
}
