using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>
/// Deletes what is kept for a month only: the answers under idempotency keys, and the pointers from requests to attempts and to top-ups. Never
/// an operation's row: that a thing has happened is kept for ever, so a key that comes back late makes nothing happen twice.
/// </summary>
public sealed class KeyCleaning
{
    private const int RowsAtOnce = 100;

    /// <summary>The row keys of what is deleted, and the ends of their ranges.</summary>
    private static readonly (string From, string To)[] Ranges = [("k|", "k}"), ("r|", "r}"), ("t~", "t~~")];

    private readonly BookStore store;
    private readonly MachineClock clock;
    private readonly ReconciliationOptions options;
    private readonly ILogger<KeyCleaning> log;

    internal KeyCleaning(Ledger ledger, MachineClock clock, ReconciliationOptions options, ILogger<KeyCleaning> log) => (store, this.clock, this.options, this.log) = (ledger.Store, clock, options, log);

    /// <summary>Deletes once, up to a bound; what is left waits for the next time.</summary>
    /// <returns>How many rows went.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // The service's own clock wrote the timestamps, and nobody moves it.
        var before = clock.GetUtcNow() - options.KeyAge;
        var deleted = 0;
        foreach (var (from, to) in Ranges)
        {
            var group = new List<TableEntity>(RowsAtOnce);
            await foreach (var row in store.OlderThan(from, to, before, cancellationToken))
            {
                if (group.Count == RowsAtOnce || (group.Count > 0 && group[0].PartitionKey != row.PartitionKey))
                {
                    deleted += await store.DeleteTogetherAsync(group, cancellationToken);
                    group.Clear();
                }

                if (deleted + group.Count >= options.KeysPerRun)
                {
                    break;
                }

                group.Add(row);
            }

            deleted += await store.DeleteTogetherAsync(group, cancellationToken);
        }

        if (deleted > 0)
        {
            log.LogInformation("{Rows} answers and pointers older than {Age} were deleted", deleted, options.KeyAge);
        }

        return deleted;
    }
}

/// <summary>Sets the cleaning going, at night in Asia/Shanghai.</summary>
public sealed class KeyCleaningTimer(KeyCleaning cleaning)
{
    [Function("CleanKeys")]
    public Task RunAsync([TimerTrigger("0 40 18 * * *")] TimerInfo timer, CancellationToken cancellationToken) => cleaning.RunAsync(cancellationToken);
}
