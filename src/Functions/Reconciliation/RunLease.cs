using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>Lets one host at a time reconcile: a row that its holder renews, and that another takes over once it has run out.</summary>
internal sealed class RunLease(Storage storage, MachineClock clock, ReconciliationOptions options)
{
    private const string Partition = "lease";
    private const string Row = "run";
    private const int RenewalsPerLease = 4;

    private readonly TableClient table = storage.Table(FindingTable.TableName);

    /// <summary>Runs something while nobody else does.</summary>
    /// <param name="work">Is cancelled when the lease is lost.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>False when another holds the lease; nothing was run then.</returns>
    public async Task<bool> TryRunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        if (!await TryTakeAsync(owner, cancellationToken))
        {
            return false;
        }

        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = new CancellationTokenSource();
        var renewing = RenewAsync(owner, lost, done.Token);
        try
        {
            await work(lost.Token);
        }
        finally
        {
            await done.CancelAsync();
            await renewing;
            await ReleaseAsync(owner);
        }

        return true;
    }

    private async Task<bool> TryTakeAsync(string owner, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        var now = clock.GetUtcNow();
        if (found.HasValue && found.Value!.GetDateTimeOffset("Until") > now && found.Value.GetString("Owner") != owner)
        {
            return false;
        }

        var row = Held(owner, now);
        try
        {
            await (found.HasValue
                ? table.UpdateEntityAsync(row, found.Value!.ETag, TableUpdateMode.Replace, cancellationToken)
                : table.AddEntityAsync(row, cancellationToken));
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status is 409 or 412)
        {
            // Another was faster; or our own write was, whose answer was lost. Then the lease runs out by itself.
            return false;
        }
    }

    private async Task RenewAsync(string owner, CancellationTokenSource lost, CancellationToken done)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Lease / RenewalsPerLease);
            while (await timer.WaitForNextTickAsync(done))
            {
                var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: done);
                if (!found.HasValue || found.Value!.GetString("Owner") != owner)
                {
                    break;
                }

                await table.UpdateEntityAsync(Held(owner, clock.GetUtcNow()), found.Value.ETag, TableUpdateMode.Replace, done);
            }

            await lost.CancelAsync();
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The work has ended.
        }
        catch (Exception)
        {
            // Who cannot renew must stop: whatever the reason, another may take over when it runs out.
            await lost.CancelAsync();
        }
    }

    private async Task ReleaseAsync(string owner)
    {
        try
        {
            var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row);
            if (found.HasValue && found.Value!.GetString("Owner") == owner)
            {
                await table.DeleteEntityAsync(Partition, Row, found.Value.ETag);
            }
        }
        catch (RequestFailedException)
        {
            // It runs out by itself.
        }
    }

    private TableEntity Held(string owner, DateTimeOffset now) => new(Partition, Row) { ["Owner"] = owner, ["Until"] = now + options.Lease };
}
