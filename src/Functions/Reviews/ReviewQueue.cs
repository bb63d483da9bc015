using WalletFunctions.Wallet;

namespace WalletFunctions.Reviews;

/// <summary>Where the ledger puts transfers that wait for a person.</summary>
internal sealed class ReviewQueue(ReviewBoard board, ReviewCase cases) : IReviewQueue
{
    public async Task AddAsync(ReviewRow review, CancellationToken cancellation) =>
        await board.OpenAsync(await cases.OpenAsync(review, cancellation), cancellation);
}
