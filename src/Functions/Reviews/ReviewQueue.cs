using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

/// <summary>Where the ledger puts transfers that wait for a person.</summary>
internal sealed class ReviewQueue(ReviewTable table, ReviewCase cases) : IReviewQueue
{
    public async Task AddAsync(ReviewRow review, CancellationToken cancellation)
    {
        var record = await cases.OpenAsync(review, cancellation);
        await table.NoteDueAsync(record.ToId(), record.ExpiresAt, cancellation);
        await table.AddAsync(record, cancellation);

        // As it is now: a sweep may come when it has long been decided.
        await table.ListAsync(await table.FindAsync(record.ToId(), cancellation) ?? record, cancellation);
    }
}
