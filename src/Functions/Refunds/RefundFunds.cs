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
    /// <summary>So many are tried for what has come, the oldest first: a merchant whom hundreds wait for must not be kept from selling by that.</summary>
    internal const int MostAtOnce = 20;

    /// <summary>A merchant that is paid all the time is tried once for what comes within so long.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<WalletId, SortedDictionary<string, WalletId>> waiting = [];
    private readonly HashSet<WalletId> ringing = [];
    private volatile int books;

    /// <summary>A refund is about to be tried: what arrives from now on may be what it lacks.</summary>
    public void Await(Refund refund)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(refund.Payee, out var refunds))
            {
                // By id, which is by age.
                waiting[refund.Payee] = refunds = new(StringComparer.Ordinal);
                books = waiting.Count;
            }

            refunds[refund.Id.Value] = refund.Payer;
        }
    }

    /// <summary>It is paid, and waits no more. A book that gave its money may have more for others.</summary>
    public void Forget(Refund refund)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(refund.Payee, out var refunds) && refunds.Remove(refund.Id.Value))
            {
                Drop(refund.Payee, refunds);
            }
        }

        Arrived(refund.Payee);
    }

    public void Arrived(WalletId book)
    {
        if (books == 0)
        {
            return;
        }

        lock (gate)
        {
            // Who is rung for something a moment ago is tried only after this as well.
            if (!waiting.ContainsKey(book) || !ringing.Add(book))
            {
                return;
            }
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => RingAsync(book));
        }
    }

    /// <summary>Only a function can be given the Durable client, so a message is left to one.</summary>
    private async Task RingAsync(WalletId book)
    {
        await Task.Delay(Gather, clock);
        foreach (var (id, payer) in Take(book))
        {
            try
            {
                await storage.Queue(RefundStarter.Name).SendMessageAsync(JsonSerializer.Serialize(new RefundStart(payer.Value, id)), CancellationToken.None);
            }
            catch (Exception fault)
            {
                NotRung(log, id, Faults.Describe(fault));
            }
        }
    }

    /// <summary>Those to be tried now. Each of them is noted again by the attempt that this leads to.</summary>
    private List<KeyValuePair<string, WalletId>> Take(WalletId book)
    {
        lock (gate)
        {
            ringing.Remove(book);
            if (!waiting.TryGetValue(book, out var refunds))
            {
                return [];
            }

            var taken = refunds.Take(MostAtOnce).ToList();
            taken.ForEach(one => refunds.Remove(one.Key));
            Drop(book, refunds);
            return taken;
        }
    }

    private void Drop(WalletId book, SortedDictionary<string, WalletId> refunds)
    {
        if (refunds.Count == 0)
        {
            waiting.Remove(book);
            books = waiting.Count;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refund {Refund} was not rung; the clock tries it: {Fault}")]
    private static partial void NotRung(ILogger log, string refund, string fault);
}
