using WalletFunctions.Domain;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Notifications;

namespace WalletFunctions.Withdrawals;

/// <summary>Tells customers what happens with their withdrawals, each line of the timeline once.</summary>
public sealed class WithdrawalNews
{
    private readonly Notifier notifier;
    private readonly TimeProvider clock;

    internal WithdrawalNews(Notifier notifier, TimeProvider clock) => (this.notifier, this.clock) = (notifier, clock);

    /// <summary>Tells what a timeline says behind its first lines, which were told, and keeps the owner of a late one told. To be called until it succeeds.</summary>
    /// <param name="told">How many lines were told of.</param>
    internal async Task TellAsync(Withdrawal withdrawal, int told, CancellationToken cancellationToken)
    {
        foreach (var (key, title, body) in WithdrawalNotices.Since(withdrawal, told, clock.GetUtcNow()))
        {
            await TellAsync(withdrawal, key, title, body, cancellationToken);
        }

        // While it is late the bank is asked every hour, and each answer comes by here.
        if (WithdrawalNotices.Reminder(withdrawal, clock.GetUtcNow()) is (var day, var heading, var words))
        {
            await TellAsync(withdrawal, day, heading, words, cancellationToken);
        }
    }

    private Task TellAsync(Withdrawal withdrawal, string key, Text title, Text body, CancellationToken cancellationToken) =>
        notifier.NotifyAsync(new Notice(withdrawal.AccountId, key, NotificationTopic.Withdrawal, title, body, withdrawal.Id.Value), cancellationToken);
}
