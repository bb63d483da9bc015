using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Finds deliveries whose next try has come, or whose host is gone.</summary>
public sealed class WebhookSweep
{
    private readonly WebhookTable table;
    private readonly WebhookPostman postman;
    private readonly TimeProvider clock;

    internal WebhookSweep(WebhookTable table, WebhookPostman postman, TimeProvider clock) => (this.table, this.postman, this.clock) = (table, postman, clock);

    /// <summary>Looks once at what is due. Several hosts may at the same moment.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < WebhookKeys.Shards; shard++)
        {
            await foreach (var waiting in table.DueAsync(shard, clock.GetUtcNow(), cancellationToken))
            {
                await postman.BeginDueAsync(waiting, cancellationToken);
            }
        }
    }
}

/// <summary>The clock of webhooks.</summary>
public sealed class WebhookTimer(WebhookSweep sweep)
{
    [Function("DeliverWebhooks")]
    public Task RunAsync([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
