using Azure;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

/// <summary>Tells people what happens in their accounts: in the app, by short message and by mail, each once.</summary>
public sealed class Notifier
{
    private readonly NoticeTable table;
    private readonly NoticePost post;
    private readonly NotificationOptions options;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    internal Notifier(NoticeTable table, NoticePost post, NotificationOptions options, TimeProvider clock, MachineClock machine) =>
        (this.table, this.post, this.options, this.clock, this.machine) = (table, post, options, clock, machine);

    /// <summary>
    /// Takes a notice in, once per <see cref="Notice.Key"/>. When this returns it is stored, and goes out by itself; nobody waits for
    /// a provider, whose faults are never thrown.
    /// </summary>
    /// <exception cref="RequestFailedException">The storage is out of reach: call again, with the same key.</exception>
    internal async Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
    {
        var row = NoticeRow.Of(notice, clock.GetUtcNow(), machine.GetUtcNow());
        if (await table.AddAsync(row, options.Lease).WaitAsync(cancellationToken) is { } stored)
        {
            post.Begin(stored);
        }
    }
}
