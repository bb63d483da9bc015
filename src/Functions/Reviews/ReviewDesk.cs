using Microsoft.Extensions.Logging;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

/// <summary>
/// Where transfers wait for a person, a day at most. An outcome is chosen once, on the record's ETag; the book carries it out
/// once, since a hold ends once. Whatever dies in between, the clock finds the due row and brings it to its end.
/// </summary>
public sealed partial class ReviewDesk
{
    /// <summary>How long whoever chose an outcome has to carry it out before the clock does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Caller Clock = new(AccountId: null, Role.Anonymous, Language.Zh, "review-expiry", DeviceId: null, Address: null);

    private readonly ReviewTable table;
    private readonly ReviewCase cases;
    private readonly Transfers transfers;
    private readonly AuditLog audit;
    private readonly TimeProvider clock;
    private readonly ILogger<ReviewDesk> log;

    internal ReviewDesk(ReviewTable table, ReviewCase cases, Transfers transfers, AuditLog audit, TimeProvider clock, ILogger<ReviewDesk> log) =>
        (this.table, this.cases, this.transfers, this.audit, this.clock, this.log) = (table, cases, transfers, audit, clock, log);

    internal Task<(IReadOnlyList<ReviewRecord> Records, string? Next)> ListAsync(bool isDone, Page page, CancellationToken cancellationToken) =>
        table.PageAsync(isDone, page, cancellationToken);

    /// <summary>A person decides.</summary>
    /// <param name="occasion">The same at every repeat of one request.</param>
    /// <returns>The review as it ended; <c>review_decided</c> if it was decided otherwise before; the book's refusal if an approval cannot be carried out.</returns>
    internal async Task<Result<ReviewRecord>> DecideAsync(ReviewId id, bool isApproved, string reason, Caller caller, string occasion, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await table.FindAsync(id, cancellationToken) is not { } record)
            {
                return PlatformErrors.NotFound;
            }

            var now = clock.GetUtcNow();
            if (record.Chosen is null && now >= record.ExpiresAt)
            {
                await LookAsync(record, cancellationToken);
                return ReviewErrors.Decided;
            }

            if (record.Chosen is not null)
            {
                return record.Occasion == occasion ? await CarryOutAsync(record, caller, cancellationToken) : ReviewErrors.Decided;
            }

            // Asked first, so that a choice that the book would refuse is not made and taken back.
            if (isApproved && await cases.FreezeAsync(record, cancellationToken) is { } frozen)
            {
                return frozen;
            }

            await table.NoteDueAsync(id, now + Patience, cancellationToken);
            record.Choose(isApproved ? ReviewOutcome.Approved : ReviewOutcome.Denied, caller.Account.Value, occasion, reason, now);
            if (await table.ReplaceAsync(record, cancellationToken))
            {
                return await CarryOutAsync(record, caller, cancellationToken);
            }
        }
    }

    /// <summary>Looks at what is due: expires what nobody decided, and carries out what somebody decided and did not bring to its end.</summary>
    internal async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await foreach (var (id, row) in table.DueAsync(clock.GetUtcNow(), cancellationToken))
        {
            try
            {
                // Without a record it was noted a moment before it, and is kept.
                if (await table.FindAsync(id, cancellationToken) is { } record)
                {
                    await LookAsync(record, cancellationToken);
                    await table.ForgetDueAsync(row, cancellationToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One that cannot be ended now must not keep the others waiting; it stays due.
                Stuck(log, id, e);
            }
        }
    }

    private async Task LookAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (record.Chosen is null)
        {
            if (now < record.ExpiresAt)
            {
                return;
            }

            record.Choose(ReviewOutcome.Expired, by: null, occasion: null, reason: null, now);
            if (!await table.ReplaceAsync(record, cancellationToken))
            {
                record = await table.FindAsync(record.ToId(), cancellationToken) ?? throw new InvalidOperationException("A review was deleted.");
            }
        }

        var ended = await CarryOutAsync(record, Clock, cancellationToken);
        if (!ended.IsOk && now >= record.ExpiresAt)
        {
            // An approval that the book refuses leaves the review open, and its time is over.
            await LookAsync(await table.FindAsync(record.ToId(), cancellationToken) ?? record, cancellationToken);
        }
    }

    /// <summary>Does what was chosen. Every step may be repeated; the log has it before the book.</summary>
    private async Task<Result<ReviewRecord>> CarryOutAsync(ReviewRecord record, Caller caller, CancellationToken cancellationToken)
    {
        if (!record.IsDone)
        {
            await audit.AddAsync(caller, ActOf(record), record.PartitionKey, new { Transaction = record.Operation, By = record.ChosenBy, record.Reason }, cancellationToken);
            var (ended, refusal) = await MoveAsync(record, cancellationToken);
            if (refusal is not null)
            {
                record.Unchoose();
                await table.ReplaceAsync(record, cancellationToken);
                return refusal;
            }

            await cases.TellAsync(record, ended, cancellationToken);
            record.Chosen = ended.ToString();
            record.IsDone = true;
            if (!await table.ReplaceAsync(record, cancellationToken))
            {
                // Another one carried it out at the same moment, and the book did it once.
                record = await table.FindAsync(record.ToId(), cancellationToken) ?? throw new InvalidOperationException("A review was deleted.");
            }
        }

        await table.ListAsync(record, cancellationToken);
        await table.ForgetDueAsync(record.ToId(), record.ExpiresAt, cancellationToken);
        await table.ForgetDueAsync(record.ToId(), record.ChosenAt!.Value + Patience, cancellationToken);
        return record;
    }

    private async Task<(ReviewOutcome Ended, DomainError? Refusal)> MoveAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        var chosen = record.ToOutcome()!.Value;
        var outcome = chosen switch
        {
            ReviewOutcome.Approved => await transfers.ApproveAsync(record.ToPayer(), record.Operation, cancellationToken),
            ReviewOutcome.Denied => await transfers.DenyAsync(record.ToPayer(), record.Operation, Transfers.Denied, cancellationToken),
            ReviewOutcome.Expired => await transfers.DenyAsync(record.ToPayer(), record.Operation, Transfers.Expired, cancellationToken),
        };
        return outcome switch
        {
            Outcome.Committed or Outcome.Replayed => (chosen, null),
            Outcome.Refused { Error.Code: "hold_not_open" } => (await cases.HowItEndedAsync(record, cancellationToken), null),
            Outcome.Refused { Error: { } error } => (chosen, error),
            _ => throw new LedgerUnavailableException($"Review {record.PartitionKey} could not be carried out yet ({outcome.GetType().Name})."),
        };
    }

    private static string ActOf(ReviewRecord record) => record.ToOutcome() switch
    {
        ReviewOutcome.Approved => "review.approve",
        ReviewOutcome.Denied => "review.deny",
        _ => "review.expire",
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Review {Review} could not be brought to its end")]
    private static partial void Stuck(ILogger log, ReviewId review, Exception fault);
}
