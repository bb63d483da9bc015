using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Reconciliation;

/// <summary>Makes of each finding a row, an alert and a conversation, once; and ends it when somebody has dealt with it.</summary>
public sealed class FindingDesk
{
    /// <summary>What alerts are made of: a log line at error level with this event, and <c>wallet.reconciliation.findings</c> counted by kind.</summary>
    internal static readonly EventId FoundEvent = new(7001, "ReconciliationFinding");

    private static readonly Meter Meter = new("WalletFunctions");
    private static readonly Counter<long> Found = Meter.CreateCounter<long>("wallet.reconciliation.findings", "{finding}", "Findings of the reconciliation, when they are opened.");

    private readonly FindingTable table;
    private readonly IInbox inbox;
    private readonly TimeProvider clock;
    private readonly ILogger<FindingDesk> log;

    internal FindingDesk(FindingTable table, IInbox inbox, TimeProvider clock, ILogger<FindingDesk> log) => (this.table, this.inbox, this.clock, this.log) = (table, inbox, clock, log);

    internal Task<StoredFinding?> FindAsync(FindingId id, CancellationToken cancellationToken) => table.FindAsync(id, cancellationToken);

    internal Task<(IReadOnlyList<StoredFinding> Items, string? Continuation)> ListAsync(FindingState? state, Page page, CancellationToken cancellationToken) =>
        table.ListAsync(state, page, cancellationToken);

    /// <summary>Takes in what a run found. The same thing found again is the same row; one that was resolved is open again.</summary>
    internal async Task TakeAsync(Finding finding, ReconciliationId run, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await table.FindAsync(finding.Id, cancellationToken);
            if (before is null)
            {
                var now = clock.GetUtcNow();
                await table.AddAsync(new StoredFinding(finding, FindingState.Open, now, asOf, run, IsTold: false, Times: 1), cancellationToken);
                continue;
            }

            var isBack = before.State == FindingState.Resolved;
            if (isBack || !before.IsTold)
            {
                // Told first, marked after: whoever dies in between tells it again, which opens no second conversation.
                var times = before.Times + (isBack ? 1 : 0);
                var conversation = await TellAsync(finding, before, times, cancellationToken);
                before = before with { State = FindingState.Open, IsTold = true, Times = times, Conversation = conversation, ResolvedAt = null, ResolvedBy = null, Resolution = null };
            }

            if (await table.ReplaceAsync(before with { Finding = finding, LastSeen = asOf, Run = run }, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Ends a finding that somebody has dealt with.</summary>
    internal async Task<Result<StoredFinding>> ResolveAsync(FindingId id, AccountId by, string reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await table.FindAsync(id, cancellationToken);
            if (before is null)
            {
                return PlatformErrors.NotFound;
            }

            if (before.State == FindingState.Resolved)
            {
                if (before.ResolvedBy != by || before.Resolution != reason)
                {
                    return ReconciliationErrors.FindingResolved;
                }

                // A repeat: the first may have died before it told the conversation.
                await TellResolvedAsync(before, cancellationToken);
                return before;
            }

            var after = before with { State = FindingState.Resolved, ResolvedAt = clock.GetUtcNow(), ResolvedBy = by, Resolution = reason };
            if (await table.ReplaceAsync(after, cancellationToken))
            {
                await TellResolvedAsync(after, cancellationToken);
                return after;
            }
        }
    }

    private async Task TellResolvedAsync(StoredFinding finding, CancellationToken cancellationToken)
    {
        var (key, words) = ($"resolved:{finding.Times}", new Text($"已处理：{finding.Resolution}", $"Resolved: {finding.Resolution}"));

        // A run that died before the finding could name its conversation may have opened it.
        await (finding.Conversation is { } conversation
            ? inbox.AppendEventAsync(conversation, key, words, Priority.Low, MatterTurn.Nobodys, cancellationToken)
            : inbox.TellEndAsync(OccasionOf(finding.Finding), finding.FirstSeen, key, words, cancellationToken));
    }

    private static string OccasionOf(Finding finding) => $"finding:{finding.Id}";

    private async Task<ConversationId> TellAsync(Finding finding, StoredFinding stored, int times, CancellationToken cancellationToken)
    {
        log.LogError(FoundEvent, "Reconciliation found {Kind} in {Book}, operation {Operation}: finding {FindingId}", finding.Kind.Name(), finding.Book, finding.Operation, finding.Id);
        Found.Add(1, new KeyValuePair<string, object?>("kind", finding.Kind.Name()));
        var words = FindingWords.Of(finding);
        var conversation = await inbox.OpenAsync(
            new OpenConversation(OccasionOf(finding), stored.FirstSeen, words.Subject, Priority.Urgent, "reconciliation", null, words.Event)
            {
                Turn = MatterTurn.Ours(ServiceLevel.AnswerDue(Priority.Urgent, stored.FirstSeen)),
                SubjectId = finding.Id.Value,
            },
            cancellationToken);
        if (times > 1)
        {
            await inbox.AppendEventAsync(
                conversation,
                $"again:{times}",
                new("处理后再次发现。", "Found again after it was resolved."),
                Priority.Urgent,
                MatterTurn.Ours(ServiceLevel.AnswerDue(Priority.Urgent, clock.GetUtcNow())),
                cancellationToken);
        }

        return conversation;
    }
}
