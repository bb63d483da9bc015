using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>Sees to it that what is written in a refund's row is acted on: a request gets its orchestration, a step rings it, what was not written no longer can be.</summary>
/// <remarks>Only a function can be given the Durable client, so the sweep leaves a message to one.</remarks>
internal sealed class RefundSweeper(RefundTable table, RefundIndex index, RefundDesk desk, Ledger ledger, Storage storage) : IIntentSweeper
{
    public const string IntentKind = "refund";

    public string Kind => IntentKind;

    public async Task<bool> SweepAsync(Intent intent, CancellationToken cancellation)
    {
        var id = RefundId.Of(Operations.HoldOf(intent.OperationId));
        if (await ledger.TombstoneAsync(intent.Book, intent.OperationId, cancellation) || await table.FindAsync(intent.Book, id, cancellation) is not { Refund: { } refund })
        {
            // Forbidden now, or by a sweep that died here: a request that came to nothing.
            if (intent.OperationId == RefundRequests.OperationOf(id))
            {
                await index.RemoveAsync(id, cancellation);
            }

            return true;
        }

        if (refund.Told == refund.Timeline.Count)
        {
            return true;
        }

        var message = JsonSerializer.Serialize(new RefundStart(refund.Payer.Value, refund.Id.Value));
        await storage.Queue(RefundStarter.Name).SendMessageAsync(message, cancellation);
        if (refund.IsOver)
        {
            // Perhaps no orchestration lives to say so; said again, it is the same. Rung first: once all is told, nobody rings one that lives.
            await desk.OpenAsync(intent.Book, id, cancellation);
        }

        // A message is a doorbell, and may be lost: the intent goes once the refund is seen to move, or has nothing more to tell.
        return refund.IsOver;
    }
}

/// <summary>A refund whose orchestration may be missing, or may not have been rung.</summary>
public sealed record RefundStart(string WalletId, string RefundId);

/// <summary>Starts or rings the orchestrations that the sweep found asleep.</summary>
public static class RefundStarter
{
    internal const string Name = "refund-starts";

    [Function("StartRefund")]
    public static async Task RunAsync([QueueTrigger(Name)] RefundStart start, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var id = RefundId.Of(start.RefundId);
        if (!await RefundStarts.StartAsync(durable, WalletId.Of(start.WalletId), id, cancellationToken))
        {
            await RefundStarts.RingAsync(durable, id, "swept", cancellationToken);
        }
    }
}
