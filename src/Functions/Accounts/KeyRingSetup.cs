using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.DataProtection;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>
/// Has the ring's very first key made by one host alone. Left to themselves, two hosts that start together on an empty
/// storage make one key each, and for a day neither can read what the other wrote.
/// </summary>
internal sealed class KeyRingSetup(Storage storage, IDataProtectionProvider protection, MachineClock clock) : StartupWork
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TableClient table = storage.Table(SigningKeys.TableName);

    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!await IsFirstAsync(cancellationToken))
        {
            var ring = new KeyRingTable(storage);
            var started = clock.GetTimestamp();
            while ((await ring.ReadAsync()).Count == 0 && clock.GetElapsedTime(started) < Patience)
            {
                // A host that died right after it claimed the first key leaves it to whoever has waited long enough.
                await Task.Delay(Pause, cancellationToken);
            }
        }

        // Reads the ring, or makes its first key.
        protection.CreateProtector("start").Protect([1]);
    }

    private async Task<bool> IsFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(new TableEntity("data-protection-first", "claim"), cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }
}
