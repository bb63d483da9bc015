using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Status;

/// <summary>
/// Freezes and unfreezes. The book decides, on its ETag: once a freeze is answered, no debit is newer. The profile shows what
/// the book says; it follows, by whoever comes next if this host dies in between.
/// </summary>
public sealed class AccountStatuses : IIntentSweeper
{
    private const string IntentKind = "account_status";

    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly AccountDirectory accounts;
    private readonly RecentAccounts recent;
    private readonly SecurityNews news;
    private readonly IThawListener[] listeners;

    internal AccountStatuses(
        Ledger ledger, Intents intents, AccountDirectory accounts, RecentAccounts recent, SecurityNews news, IEnumerable<IThawListener> listeners) =>
        (this.ledger, this.intents, this.accounts, this.recent, this.news, this.listeners) = (ledger, intents, accounts, recent, news, [.. listeners]);

    string IIntentSweeper.Kind => IntentKind;

    /// <summary>Freezes at once. Frozen twice by one source is frozen once.</summary>
    /// <param name="occasion">The same at every repeat of one request; then nothing happens again, even if it was unfrozen since.</param>
    internal Task FreezeAsync(WalletId wallet, FreezeSource source, byte[] occasion, CancellationToken cancellationToken) =>
        MoveAsync(wallet, source == FreezeSource.Customer ? Change.FrozenByOwner : Change.Frozen, [new BookMove.Freeze(source)], occasion, cancellationToken);

    /// <summary>Ends every freeze, whoever made it: only staff may.</summary>
    /// <param name="occasion">As for <see cref="FreezeAsync"/>.</param>
    internal Task UnfreezeAsync(WalletId wallet, byte[] occasion, CancellationToken cancellationToken) =>
        MoveAsync(wallet, Change.Thawed, Enum.GetValues<FreezeSource>().Select(BookMove (source) => new BookMove.Unfreeze(source)), occasion, cancellationToken);

    /// <summary>Brings the profile to what the book says. May be repeated, and overlap.</summary>
    internal async Task FollowAsync(WalletId wallet, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await accounts.FindByWalletAsync(wallet, cancellationToken) is not { } account || await accounts.FindRowAsync(account.AccountId, cancellationToken) is not { } row)
            {
                return;
            }

            var status = Shown((await ledger.ReadHeadAsync(wallet, cancellationToken)).Head, account.Status);
            if (row.Status == status.ToString())
            {
                recent.Forget(account);
                return;
            }

            row.Status = status.ToString();
            row.UnfreezeAskedAt = status == AccountStatus.Frozen ? row.UnfreezeAskedAt : null;

            // Then the book is read again: what another follower wrote meanwhile may be newer than what was read here.
            await accounts.ReplaceAsync(row, cancellationToken);
        }
    }

    /// <summary>What an account's status is, by its book and by what its profile said last.</summary>
    internal static AccountStatus Shown(BookHead head, AccountStatus profile) => (head.Status, profile) switch
    {
        (BookStatus.Closed, _) or (_, AccountStatus.Closed) => AccountStatus.Closed,
        (_, AccountStatus.UnderReview) => AccountStatus.UnderReview,
        (BookStatus.Frozen, _) => AccountStatus.Frozen,
        (BookStatus.Active, _) => AccountStatus.Active,
    };

    /// <remarks>
    /// An unfreezing that broke off between two sources' freezes is not brought to its end here, for what is frozen still may have been
    /// frozen since: staff, who had no answer, say it again. Until then nobody is told that it is unfrozen.
    /// </remarks>
    async Task<bool> IIntentSweeper.SweepAsync(Intent intent, CancellationToken cancellation)
    {
        await FollowAsync(intent.Book, cancellation);
        if (Enum.TryParse<Change>(intent.Note, out var change)
            && await ledger.FindOperationAsync(intent.Book, $"{intent.OperationId}:0", cancellation) is not null
            && (change != Change.Thawed || (await ledger.ReadHeadAsync(intent.Book, cancellation)).Head.Freezes == Freezes.None))
        {
            await TellAsync(intent, change, cancellation);
            await WakeAsync(intent.Book, change, cancellation);
        }

        return true;
    }

    private async Task MoveAsync(WalletId wallet, Change change, IEnumerable<BookMove> moves, byte[] occasion, CancellationToken cancellationToken)
    {
        var operation = "sts_" + Convert.ToHexStringLower(occasion);

        // Its owner is told of what changes: not that a frozen account was frozen once more. A repeat leaves the telling to whoever was cut off.
        var isNews = (await ledger.ReadHeadAsync(wallet, cancellationToken)).Head.Freezes == Freezes.None == (change != Change.Thawed);
        var intent = await intents.AddAsync(new Intent(IntentKind, operation, wallet) { Note = isNews ? change.ToString() : null }, cancellationToken);
        var step = 0;
        foreach (var move in moves)
        {
            var outcome = await ledger.ExecuteAsync(wallet, new BookCommand($"{operation}:{step++}", move), cancellationToken);
            if (outcome is not (Outcome.Committed or Outcome.Replayed))
            {
                throw new LedgerUnavailableException($"A status could not be changed ({outcome.GetType().Name}).");
            }
        }

        await FollowAsync(wallet, cancellationToken);
        if (isNews)
        {
            await TellAsync(intent, change, cancellationToken);
        }

        await WakeAsync(wallet, change, cancellationToken);
        intents.Clear(intent);
    }

    private async Task WakeAsync(WalletId wallet, Change change, CancellationToken cancellationToken)
    {
        foreach (var listener in change == Change.Thawed ? listeners : [])
        {
            await listener.ThawedAsync(wallet, cancellationToken);
        }
    }

    private async Task TellAsync(Intent intent, Change change, CancellationToken cancellationToken)
    {
        if (await recent.FindByWalletAsync(intent.Book, cancellationToken) is { } account)
        {
            var words = change switch
            {
                Change.FrozenByOwner => SecurityWords.FrozenByOwner,
                Change.Frozen => SecurityWords.Frozen,
                Change.Thawed => SecurityWords.Thawed,
            };
            await news.TellAsync(account.AccountId, intent.OperationId, words, cancellationToken);
        }
    }

    /// <summary>What an owner is told of; stands in the intent.</summary>
    private enum Change
    {
        FrozenByOwner,
        Frozen,
        Thawed,
    }
}
