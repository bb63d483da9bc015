using System.Text.Json;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>Rings the refunds that wait for their merchant's money as soon as some reaches its book.</summary>
/// <remarks>
/// Who waits is held in memory alone, by the host that tried last, so that a credit costs nothing more: a host that dies, or a
/// credit made by another one, leaves it to the retry by the clock, which is what counts.
/// </remarks>
internal sealed partial class RefundFunds(Storage storage, MachineClock clock, ILogger<RefundFunds> log) : IArrivalListener
{
    /// <summary>A merchant that is paid all the time is tried once for what comes within so long.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<WalletId, Dictionary<RefundId, WalletId>> waiting = [];
    private volatile int books;

    /// <summary>A refund is about to be tried: what arrives from now on may be what it lacks.</summary>
    public void Await(Refund refund)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(refund.Payee, out var refunds))
            {
                waiting[refund.Payee] = refunds = [];
                books = waiting.Count;
            }

            refunds[refund.Id] = refund.Payer;
        }
    }

    /// <summary>It waits no more.</summary>
    public void Forget(Refund refund)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(refund.Payee, out var refunds) && refunds.Remove(refund.Id) && refunds.Count == 0)
            {
                waiting.Remove(refund.Payee);
                books = waiting.Count;
            }
        }
    }

    public void Arrived(WalletId book)
    {
        if (books == 0)
        {
            return;
        }

        Dictionary<RefundId, WalletId>? refunds;
        lock (gate)
        {
            // Each of them is noted again by the attempt that this leads to.
            waiting.Remove(book, out refunds);
            books = waiting.Count;
        }

        if (refunds is not null)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => RingAsync(refunds));
            }
        }
    }

    /// <summary>Only a function can be given the Durable client, so a message is left to one.</summary>
    private async Task RingAsync(Dictionary<RefundId, WalletId> refunds)
    {
        await Task.Delay(Gather, clock);
        foreach (var (id, payer) in refunds)
        {
            try
            {
                await storage.Queue(RefundStarter.Name).SendMessageAsync(JsonSerializer.Serialize(new RefundStart(payer.Value, id.Value)), CancellationToken.None);
            }
            catch (Exception fault)
            {
                NotRung(log, id, Faults.Describe(fault));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refund {Refund} was not rung; the clock tries it: {Fault}")]
    private static partial void NotRung(ILogger log, RefundId refund, string fault);
}
