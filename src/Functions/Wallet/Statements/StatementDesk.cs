using WalletFunctions.Domain;
using WalletFunctions.Domain.Statements;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet.Statements;

/// <summary>Opens statements.</summary>
/// <param name="clock">The business clock, which says what month it is.</param>
public sealed class StatementDesk(BookHistory history, RecentAccounts accounts, TimeProvider clock)
{
    /// <summary>The statement of a month of the caller's wallet. Its first portion is read, so that most faults come now.</summary>
    internal async Task<Result<Statement>> OpenAsync(Caller caller, StatementMonth month, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (month.Begins > now)
        {
            return StatementErrors.NotAvailable;
        }

        var partition = BookKeys.Partition(caller.Wallet);
        var newest = (await history.Store.FindHeadAsync(partition, cancellation))?.Head.LastNumber ?? 0;
        var last = await history.LastAtAsync(partition, newest, month.Ends.AddTicks(-1), cancellation);
        var first = await history.LastAtAsync(partition, last, month.Begins.AddTicks(-1), cancellation) + 1;
        var opening = await history.BalanceAsync(partition, first - 1, cancellation);
        var closing = await history.BalanceAsync(partition, last, cancellation);
        var owner = await accounts.FindAsync(caller.Account, cancellation);
        var heading = new StatementHeading(
            month, caller.Wallet, owner?.VerifiedName ?? owner?.DisplayName ?? "", now, opening.Available, opening.Held, closing.Available, closing.Held);
        var firstEntries = await Statement.ReadAsync(history, partition, first, Math.Min(first + Statement.Portion - 1, last), cancellation);
        return new Statement(history, partition, heading, first, last, firstEntries);
    }
}
