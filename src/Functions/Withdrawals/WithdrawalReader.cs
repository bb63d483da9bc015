using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals;

/// <summary>Shows withdrawals to their owners. They are sought in the caller's own book, so nobody else's can be found.</summary>
public sealed class WithdrawalReader
{
    private readonly WithdrawalTable table;

    internal WithdrawalReader(WithdrawalTable table) => this.table = table;

    internal async Task<IResult> ListAsync(HttpRequest request, Page page, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var (items, continuation) = await table.ListAsync(caller.Wallet, page, cancellationToken);
        return Answers.List(items.Select(item => WithdrawalView.Of(item, caller.Language)).ToList(), continuation);
    }

    /// <summary>Answers at once, or when the withdrawal changes within the wait. One that is over does not change soon: it is answered at once.</summary>
    internal async Task<IResult> GetAsync(HttpRequest request, WithdrawalId id, LongPoll.Wait wait, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        (WithdrawalStatus, bool, int)? first = null;
        var stored = await LongPoll.UntilAsync(
            wait,
            token => table.FindAsync(caller.Wallet, id, token),
            seen => seen is null || !seen.Withdrawal.Status.IsOpen() || (first ??= Shown(seen.Withdrawal)) != Shown(seen.Withdrawal),
            cancellationToken);
        return stored is null
            ? Answers.Problem(request, WithdrawalErrors.NotFound)
            : Answers.Ok(WithdrawalView.Of(stored.Withdrawal, caller.Language), stored.ETag);
    }

    /// <summary>What a reader can see change; the row changes more often.</summary>
    private static (WithdrawalStatus Status, bool Overdue, int Lines) Shown(Withdrawal withdrawal) =>
        (withdrawal.Status, withdrawal.Overdue, withdrawal.Timeline.Count);
}
