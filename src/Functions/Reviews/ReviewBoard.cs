using WalletFunctions.Domain;

namespace WalletFunctions.Reviews;

/// <summary>Where features put what waits for a person, and take it away when it has ended without one.</summary>
internal sealed class ReviewBoard(ReviewTable table, TimeProvider clock)
{
    /// <summary>The review, if it was opened.</summary>
    public Task<ReviewRecord?> FindAsync(ReviewId id, CancellationToken cancellationToken) => table.FindAsync(id, cancellationToken);

    /// <summary>Puts it into the queue; repeated, it is the same place in it.</summary>
    public async Task OpenAsync(ReviewRecord record, CancellationToken cancellationToken)
    {
        await table.NoteDueAsync(record.ToId(), record.ExpiresAt, cancellationToken);
        var seen = await table.AddAsync(record, cancellationToken) ? record : await table.FindAsync(record.ToId(), cancellationToken);
        while (seen is not null)
        {
            // As it was a moment ago: whoever repeats may come when it has long been decided, or is decided at this moment.
            await table.ListAsync(seen, cancellationToken);
            var now = await table.FindAsync(record.ToId(), cancellationToken);
            seen = now?.IsDone == seen.IsDone ? null : now;
        }
    }

    /// <summary>What it was about has ended, or was decided elsewhere. One that somebody has just chosen an outcome for is left to them: they find the end.</summary>
    /// <param name="by">Who decided elsewhere: an account's id; null where nobody did.</param>
    public async Task CloseAsync(ReviewId id, ReviewOutcome outcome, string? by, string? reason, CancellationToken cancellationToken)
    {
        while (await table.FindAsync(id, cancellationToken) is { } record && (record.Chosen is null || record.IsDone))
        {
            if (!record.IsDone)
            {
                record.Choose(outcome, by, occasion: null, reason, clock.GetUtcNow());
                record.IsDone = true;
                if (!await table.ReplaceAsync(record, cancellationToken))
                {
                    continue;
                }
            }

            await table.ListAsync(record, cancellationToken);
            await table.ForgetDueAsync(id, record.ExpiresAt, cancellationToken);
            return;
        }
    }
}
