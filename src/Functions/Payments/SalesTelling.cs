using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Merchants;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>Reads a merchant's book from where the telling of its payments stopped last, and tells its endpoints of those that follow.</summary>
/// <remarks>Where it stopped stands in a row of the book, and moves on once the events are stored; so a crash anywhere tells again under the same keys.</remarks>
internal sealed class SalesTelling
{
    /// <summary>Entries of one step.</summary>
    private const int Window = 1_000;

    private readonly MerchantEvents events;
    private readonly MerchantRegister merchants;
    private readonly PaymentTable payments;
    private readonly BookStore books;

    /// <param name="storage">Through a client that repeats after faults: everything here may happen twice.</param>
    public SalesTelling(MerchantEvents events, MerchantRegister merchants, PaymentTable payments, Storage storage) =>
        (this.events, this.merchants, this.payments, books) = (events, merchants, payments, new BookStore(storage.Table(Ledger.TableName)));

    /// <summary>A merchant is about to want to know: it is told of what happens from now on.</summary>
    public async Task BeginAsync(AccountId merchant, CancellationToken cancellationToken)
    {
        if (await BookOfAsync(merchant, cancellationToken) is { } book)
        {
            await BeginAsync(book, merchant, cancellationToken);
        }
    }

    /// <summary>Tells a merchant of what it has not been told of yet.</summary>
    public async Task TellAsync(AccountId merchant, CancellationToken cancellationToken)
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

    /// <summary>Has the telling start behind the newest entry, unless another endpoint of the merchant is told already.</summary>
    private async Task BeginAsync(string book, AccountId merchant, CancellationToken cancellationToken)
    {
        while (true)
        {
            // In this order: an endpoint that is not there yet is told only of what comes behind the head that was read before.
            var row = await books.FindAsync<ToldSalesRow>(book, ToldSalesRow.KeyOf(merchant), cancellationToken);
            var last = (await books.FindHeadAsync(book, cancellationToken))?.Head.LastNumber ?? 0;
            if (row is not null && await events.IsWantedAsync(merchant, MerchantEventTypes.PaymentCompleted, cancellationToken))
            {
                return;
            }

            var next = row ?? new ToldSalesRow { PartitionKey = book, RowKey = ToldSalesRow.KeyOf(merchant) };
            next.Number = last;
            if (row is null ? await books.TryAddAsync(next, cancellationToken) : await books.TryReplaceAsync(next, cancellationToken))
            {
                return;
            }
        }
    }
}
