using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

/// <summary>Tells people what happens in their accounts: in the app, by short message and by mail, each once.</summary>
public sealed class Notifier
{
    internal const string TableName = "notices";

    private readonly TableClient table;
    private readonly TimeProvider clock;

    internal Notifier(Storage storage, TimeProvider clock) => (table, this.clock) = (storage.Table(TableName), clock);

    /// <summary>
    /// Takes a notice in, once per <see cref="Notice.Key"/>. When this returns it is stored, and goes out by itself; nobody waits for
    /// a provider, whose faults are never thrown.
    /// </summary>
    /// <exception cref="RequestFailedException">The storage is out of reach: call again, with the same key.</exception>
    internal async Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(
                new TableEntity(notice.Account.Value, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Key)))) { ["At"] = clock.GetUtcNow(), ["Text"] = notice.Body.Zh },
                cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Told before.
        }
    }
}
