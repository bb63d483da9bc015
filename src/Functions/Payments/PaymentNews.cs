using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Merchants;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>Tells merchants of the payments that have reached them: <c>payment.completed</c>.</summary>
/// <remarks>
/// The merchant's book is the outbox. Its entries are read from where the telling stopped last, which stands in a row beside them
/// and moves on once their events are stored; so a crash anywhere tells again under the same keys, and loses nothing. A payment
/// writes nothing for it, and those of merchants that do not want to know cost nothing at all: each host knows who does.
/// </remarks>
public sealed class PaymentNews : BackgroundService, IMerchantEventSource
{
    /// <summary>Entries of one step.</summary>
    private const int Window = 1_000;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly MerchantEvents events;
    private readonly MerchantRegister merchants;
    private readonly PaymentTable payments;
    private readonly BookStore books;
    private readonly MachineClock machine;
    private readonly ILogger<PaymentNews> log;
    private readonly ConcurrentDictionary<AccountId, Bell> wanting = new();

    /// <param name="storage">Through a client that repeats after faults: everything here may happen twice.</param>
    internal PaymentNews(MerchantEvents events, MerchantRegister merchants, PaymentTable payments, Storage storage, MachineClock machine, ILogger<PaymentNews> log) =>
        (this.events, this.merchants, this.payments, books, this.machine, this.log) = (events, merchants, payments, new BookStore(storage.Table(Ledger.TableName)), machine, log);

    string IMerchantEventSource.Type => MerchantEventTypes.PaymentCompleted;

    /// <summary>Says that a merchant may have been paid. Nobody waits for what follows; should it be lost, the next round finds the payment.</summary>
    internal void Ring(AccountId merchant)
    {
        if (wanting.TryGetValue(merchant, out var bell) && bell.Ring())
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => TryTellAsync(merchant, bell, CancellationToken.None));
            }
        }
    }

    async Task IMerchantEventSource.BeginAsync(AccountId merchant, CancellationToken cancellationToken)
    {
        if (await BookOfAsync(merchant, cancellationToken) is { } book)
        {
            await BeginAsync(book, merchant, cancellationToken);
        }

        wanting.TryAdd(merchant, new Bell());
    }

    /// <summary>Tells every merchant that wants to know of what it has not been told of yet.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken);
        foreach (var (merchant, bell) in wanting)
        {
            await TryTellAsync(merchant, bell, cancellationToken);
        }
    }

    /// <summary>Learns who wants to know, now and then: on other hosts merchants come and go.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, machine);
        do
        {
            try
            {
                await LearnAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Storage is out of reach; until the next time the rounds tell alone.
                log.LogWarning("Who wants to know of payments could not be read: {Fault}", Faults.Describe(fault));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<AccountId>();
        await foreach (var merchant in events.WantingAsync(MerchantEventTypes.PaymentCompleted, cancellationToken))
        {
            found.Add(merchant);
            wanting.TryAdd(merchant, new Bell());
        }

        foreach (var merchant in wanting.Keys.Where(known => !found.Contains(known)))
        {
            wanting.TryRemove(merchant, out _);
        }
    }

    /// <summary>One merchant that cannot be told now must not keep the others waiting.</summary>
    private async Task TryTellAsync(AccountId merchant, Bell bell, CancellationToken cancellationToken)
    {
        await bell.Gate.WaitAsync(cancellationToken);
        try
        {
            bell.Hear();
            await TellAsync(merchant, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogWarning("Merchant {Merchant} was not told of its payments: {Fault}", merchant, Faults.Describe(fault));
        }
        finally
        {
            bell.Gate.Release();
        }
    }

    private async Task TellAsync(AccountId merchant, CancellationToken cancellationToken)
    {
        if (await BookOfAsync(merchant, cancellationToken) is not { } book)
        {
            return;
        }

        while (true)
        {
            // The row first: entries up to the head that is read after it are all there to be read.
            var told = await books.FindAsync<ToldSalesRow>(book, ToldSalesRow.KeyOf(merchant), cancellationToken);
            if (told is null)
            {
                await BeginAsync(book, merchant, cancellationToken); // its endpoint is older than this telling
                return;
            }

            var last = (await books.FindHeadAsync(book, cancellationToken))?.Head.LastNumber ?? 0;
            if (last <= told.Number)
            {
                return;
            }

            var newest = Math.Min(last, told.Number + Window);
            var sales = new Stack<EntryRow>();
            await foreach (var entry in books.Entries(new EntryRange(book, newest, told.Number + 1), [EntryKind.PaymentIn], null, cancellationToken))
            {
                sales.Push(entry);
            }

            foreach (var sale in sales)
            {
                await TellAsync(merchant, sale.ToDomain(), cancellationToken);
            }

            told.Number = newest;
            if (!await books.TryReplaceAsync(told, cancellationToken))
            {
                return; // another host tells at this moment
            }
        }
    }

    private async Task TellAsync(AccountId merchant, Entry credit, CancellationToken cancellationToken)
    {
        var id = PaymentId.Of(credit.Operation);
        var sale = await books.FindAsync<SaleRow>(BookKeys.Partition(credit.Wallet), SaleRow.KeyOf(id), cancellationToken);
        if (sale?.Merchant != merchant.Value || await payments.FindAsync(WalletId.Of(sale.Payer), id, cancellationToken) is not { } row)
        {
            return; // another merchant's, which settles into the same wallet
        }

        var payment = row.ToDomain();
        await events.PublishAsync(
            merchant, $"{id}:completed", MerchantEventTypes.PaymentCompleted,
            new CompletedPayment(id, Operations.TransactionOf(id.Value), payment.OrderId, payment.Amount, payment.Description, payment.PayerName, credit.At),
            cancellationToken);
    }

    private async Task<string?> BookOfAsync(AccountId merchant, CancellationToken cancellationToken) =>
        await merchants.FindAsync(merchant, cancellationToken) is { } known ? BookKeys.Partition(known.SettlementWallet) : null;

    /// <summary>Has the telling start behind the newest entry.</summary>
    private async Task BeginAsync(string book, AccountId merchant, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await books.FindAsync<ToldSalesRow>(book, ToldSalesRow.KeyOf(merchant), cancellationToken);
            var last = (await books.FindHeadAsync(book, cancellationToken))?.Head.LastNumber ?? 0;
            var next = row ?? new ToldSalesRow { PartitionKey = book, RowKey = ToldSalesRow.KeyOf(merchant) };
            next.Number = last;
            if (row is null ? await books.TryAddAsync(next, cancellationToken) : await books.TryReplaceAsync(next, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Rings many times, and is heard once for all of them.</summary>
    private sealed class Bell
    {
        private int rung;

        /// <summary>One telling at a time.</summary>
        public SemaphoreSlim Gate { get; } = new(1);

        /// <summary>Whether nobody is on the way to hear it yet.</summary>
        public bool Ring() => Interlocked.Exchange(ref rung, 1) == 0;

        public void Hear() => Volatile.Write(ref rung, 0);
    }
}

/// <summary>What a merchant's endpoint is told of a payment.</summary>
/// <param name="PayerName">Masked.</param>
/// <param name="CompletedAt">When the money reached the merchant.</param>
internal sealed record CompletedPayment(
    PaymentId PaymentId, TransactionId TransactionId, string OrderId, Money Amount, string Description, string? PayerName, DateTimeOffset CompletedAt);

/// <summary>The clock of payments' news.</summary>
public sealed class PaymentNewsTimer(PaymentNews news)
{
    /// <summary>What rings tell at once; this is for those that were lost, and for payments that no request waited for.</summary>
    [Function("PublishPayments")]
    public Task RunAsync([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => news.RunAsync(cancellationToken);
}
