using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Reviews;

/// <summary>
/// Where things wait for a person. An outcome is chosen once, on the record's ETag; the kind carries it out, and does it once
/// however often it is asked. Whatever dies in between, the clock finds the due row and brings it to its end.
/// </summary>
public sealed partial class ReviewDesk
{
    /// <summary>How long whoever chose an outcome has to carry it out before the clock does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Caller Clock = new(AccountId: null, Role.Anonymous, Language.Zh, "review-expiry", DeviceId: null, Address: null);

    private readonly ReviewTable table;
    private readonly Dictionary<string, IReviewKind> kinds;
    private readonly IInbox inbox;
    private readonly AuditLog audit;
    private readonly TimeProvider clock;
    private readonly ILogger<ReviewDesk> log;

    internal ReviewDesk(ReviewTable table, IEnumerable<IReviewKind> kinds, IInbox inbox, AuditLog audit, TimeProvider clock, ILogger<ReviewDesk> log)
    {
        (this.table, this.inbox, this.audit, this.clock, this.log) = (table, inbox, audit, clock, log);
        this.kinds = kinds.ToDictionary(kind => kind.Kind, StringComparer.Ordinal);
    }

    /// <summary>One page of those that wait, or of those that are over.</summary>
    /// <param name="kind">Null: all kinds.</param>
    internal Task<(IReadOnlyList<ReviewRecord> Records, string? Next)> ListAsync(bool isDone, string? kind, Page page, CancellationToken cancellationToken) =>
        table.PageAsync(isDone, kind is null ? kinds.Keys : [kind], page, cancellationToken);

    /// <summary>A person decides.</summary>
    /// <param name="occasion">The same at every repeat of one request.</param>
    /// <returns>The review as it ended; <c>review_decided</c> if it was decided otherwise before; the kind's refusal if the choice cannot be carried out.</returns>
    internal async Task<Result<ReviewRecord>> DecideAsync(
        ReviewId id, ReviewOutcome choice, string reason, ReviewHand hand, string occasion, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await table.FindAsync(id, cancellationToken) is not { } record)
            {
                return PlatformErrors.NotFound;
            }

            var (kind, now) = (KindOf(record), clock.GetUtcNow());
            if (choice == ReviewOutcome.Asked && !kind.CanAsk)
            {
                return ReviewErrors.CannotAsk;
            }

            if (record.Chosen is null && now >= record.ExpiresAt && await LookAsync(record, hand.Durable, cancellationToken))
            {
                return ReviewErrors.Decided;
            }

            if (record.Chosen is not null)
            {
                return record.Occasion == occasion ? await CarryOutAsync(record, hand, cancellationToken) : ReviewErrors.Decided;
            }

            // Asked first, so that a choice that would be refused is not made and taken back.
            if (choice == ReviewOutcome.Approved && await kind.ObstacleAsync(record, cancellationToken) is { } obstacle)
            {
                return obstacle;
            }

            await table.NoteDueAsync(id, now + Patience, cancellationToken);
            record.Choose(choice, hand.Caller.Account.Value, occasion, reason, now);
            if (await table.ReplaceAsync(record, cancellationToken))
            {
                return await CarryOutAsync(record, hand, cancellationToken);
            }
        }
    }

    /// <inheritdoc cref="RunDueAsync(DurableTaskClient?, CancellationToken)"/>
    internal Task RunDueAsync(CancellationToken cancellationToken) => RunDueAsync(durable: null, cancellationToken);

    /// <summary>Looks at what is due: expires what nobody decided, and carries out what somebody decided and did not bring to its end.</summary>
    internal async Task RunDueAsync(DurableTaskClient? durable, CancellationToken cancellationToken)
    {
        await foreach (var (id, row) in table.DueAsync(clock.GetUtcNow(), cancellationToken))
        {
            try
            {
                // Without a record it was noted a moment before it, and is kept.
                if (await table.FindAsync(id, cancellationToken) is { } record)
                {
                    await LookAsync(record, durable, cancellationToken);
                    await table.ForgetDueAsync(row, cancellationToken);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One that cannot be ended now must not keep the others waiting; it stays due.
                Stuck(log, id, e);
            }
        }
    }

    /// <returns>False where it goes on waiting for a person.</returns>
    private async Task<bool> LookAsync(ReviewRecord record, DurableTaskClient? durable, CancellationToken cancellationToken)
    {
        var (now, hand) = (clock.GetUtcNow(), new ReviewHand(Clock, durable));
        if (record.Chosen is null)
        {
            if (now < record.ExpiresAt || !await KindOf(record).ExpireAsync(record, hand, cancellationToken))
            {
                return false;
            }

            record.Choose(ReviewOutcome.Expired, by: null, occasion: null, reason: null, now);
            if (!await table.ReplaceAsync(record, cancellationToken))
            {
                record = await table.FindAsync(record.ToId(), cancellationToken) ?? throw new InvalidOperationException("A review was deleted.");
            }
        }

        var ended = await CarryOutAsync(record, hand, cancellationToken);

        // An approval that is refused leaves the review open, and its time may be over.
        return ended.IsOk || (now >= record.ExpiresAt && await LookAsync(await table.FindAsync(record.ToId(), cancellationToken) ?? record, durable, cancellationToken));
    }

    /// <summary>Does what was chosen. Every step may be repeated; the log has it before the book.</summary>
    private async Task<Result<ReviewRecord>> CarryOutAsync(ReviewRecord record, ReviewHand hand, CancellationToken cancellationToken)
    {
        if (!record.IsDone)
        {
            var kind = KindOf(record);
            await audit.AddAsync(hand.Caller, ActOf(record), record.PartitionKey, new { Transaction = record.Operation, By = record.ChosenBy, record.Reason }, cancellationToken);
            var ended = await kind.DecideAsync(record, record.ToOutcome()!.Value, hand, cancellationToken);
            if (!ended.IsOk)
            {
                record.Unchoose();
                await table.ReplaceAsync(record, cancellationToken);
                return ended.Error;
            }

            var (conversation, key, words) = (ConversationId.Of(record.Conversation), $"review-ended:{record.PartitionKey}", kind.Told(record, ended.Value));
            await (kind.EndsConversation
                ? inbox.AppendEventAsync(conversation, key, words, Priority.Low, MatterTurn.Nobodys, cancellationToken)
                : inbox.AppendEventAsync(conversation, key, words, cancellationToken));
            record.Chosen = ended.Value.ToString();
            record.IsDone = true;
            if (!await table.ReplaceAsync(record, cancellationToken))
            {
                // Another one carried it out at the same moment, and it was done once.
                record = await table.FindAsync(record.ToId(), cancellationToken) ?? throw new InvalidOperationException("A review was deleted.");
            }
        }

        await table.ListAsync(record, cancellationToken);
        await table.ForgetDueAsync(record.ToId(), record.ExpiresAt, cancellationToken);
        await table.ForgetDueAsync(record.ToId(), record.ChosenAt!.Value + Patience, cancellationToken);
        return record;
    }

    private IReviewKind KindOf(ReviewRecord record) => kinds[record.Kind];

    private static string ActOf(ReviewRecord record) => record.ToOutcome() switch
    {
        ReviewOutcome.Approved => "review.approve",
        ReviewOutcome.Denied => "review.deny",
        ReviewOutcome.Asked => "review.ask",
        _ => "review.expire",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Review {Review} could not be brought to its end")]
    private static partial void Stuck(ILogger log, ReviewId review, Exception fault);
}
