using WalletFunctions.Domain;
using WalletFunctions.Merchants;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>Finds payments: the payer's in the payer's book, the merchant's by its own list of sales.</summary>
public sealed class PaymentTable
{
    private const int AtOnce = 16;

    private readonly Ledger ledger;
    private readonly MerchantRegister merchants;

    internal PaymentTable(Ledger ledger, MerchantRegister merchants) => (this.ledger, this.merchants) = (ledger, merchants);

    internal Task<PaymentRow?> FindAsync(WalletId payer, PaymentId id, CancellationToken cancellation) =>
        ledger.Store.FindAsync<PaymentRow>(BookKeys.Partition(payer), PaymentRow.KeyOf(id), cancellation);

    /// <summary>A payment to a merchant, as it stands in the payer's book.</summary>
    internal async Task<PaymentRow?> FindSaleAsync(AccountId merchant, PaymentId id, CancellationToken cancellation) =>
        await merchants.FindAsync(merchant, cancellation) is { } known
            && await ledger.Store.FindAsync<SaleRow>(BookKeys.Partition(known.SettlementWallet), SaleRow.KeyOf(id), cancellation) is { } sale
            && sale.Merchant == merchant.Value
                ? await FindAsync(WalletId.Of(sale.Payer), id, cancellation)
                : null;

    /// <summary>What a payer paid, newest first.</summary>
    internal Task<(IReadOnlyList<PaymentRow> Items, string? Continuation)> ListAsync(WalletId payer, Page page, CancellationToken cancellation) =>
        ledger.Store.PageAsync<PaymentRow>(payer, PaymentRow.Prefix, page, null, cancellation);

    /// <summary>What a merchant was paid, newest first.</summary>
    internal async Task<(IReadOnlyList<PaymentRow> Items, string? Continuation)> ListSalesAsync(AccountId merchant, Page page, CancellationToken cancellation)
    {
        if (await merchants.FindAsync(merchant, cancellation) is not { } known)
        {
            return ([], null);
        }

        var (sales, next) = await ledger.Store.PageAsync<SaleRow>(known.SettlementWallet, SaleRow.Prefix, page, row => row.Merchant == merchant.Value, cancellation);
        var payments = new PaymentRow?[sales.Count];
        await Parallel.ForAsync(0, sales.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, token) =>
            payments[i] = await FindAsync(WalletId.Of(sales[i].Payer), PaymentId.Of(sales[i].Id), token));
        return ([.. payments.OfType<PaymentRow>()], next);
    }
}
