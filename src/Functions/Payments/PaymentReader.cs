using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>Payments as their two sides see them.</summary>
public sealed class PaymentReader
{
    private const int AtOnce = 16;

    private readonly PaymentTable table;
    private readonly MoveStates states;

    internal PaymentReader(PaymentTable table, MoveStates states) => (this.table, this.states) = (table, states);

    /// <summary>A payment that the caller made or got; null when there is none.</summary>
    internal async Task<PaymentView?> FindAsync(Caller caller, PaymentId id, CancellationToken cancellation)
    {
        var row = caller.Role == Role.Merchant
            ? await table.FindSaleAsync(caller.Account, id, cancellation)
            : await table.FindAsync(caller.Wallet, id, cancellation);
        return row is null ? null : await ViewAsync(row, caller.Role, cancellation);
    }

    /// <summary>A payment as support sees it, who may know the payer's masked name and no balance; null when there is none.</summary>
    internal async Task<PaymentView?> FindForSupportAsync(WalletId payer, PaymentId id, CancellationToken cancellation) =>
        await table.FindAsync(payer, id, cancellation) is { } row ? await ViewAsync(row, Role.Merchant, cancellation) : null;

    internal async Task<(IReadOnlyList<PaymentView> Items, string? Continuation)> ListAsync(Caller caller, Page page, CancellationToken cancellation)
    {
        var (rows, next) = await table.ListAsync(caller.Wallet, page, cancellation);
        return (await ViewsAsync(rows, caller.Role, cancellation), next);
    }

    internal async Task<(IReadOnlyList<PaymentView> Items, string? Continuation)> ListSalesAsync(Caller caller, Page page, CancellationToken cancellation)
    {
        var (rows, next) = await table.ListSalesAsync(caller.Account, page, cancellation);
        return (await ViewsAsync(rows, caller.Role, cancellation), next);
    }

    private async Task<IReadOnlyList<PaymentView>> ViewsAsync(IReadOnlyList<PaymentRow> rows, Role reader, CancellationToken cancellation)
    {
        var views = new PaymentView[rows.Count];
        await Parallel.ForAsync(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, token) =>
            views[i] = await ViewAsync(rows[i], reader, token));
        return views;
    }

    private async Task<PaymentView> ViewAsync(PaymentRow row, Role reader, CancellationToken cancellation)
    {
        var payment = row.ToDomain();
        var view = PaymentView.Of(payment, await states.FindAsync(payment.Payer, payment.Payee, payment.Id.Value, row.Reviewed == true, cancellation));
        return reader == Role.Merchant ? view with { PayerName = payment.PayerName } : view with { Fee = payment.Fee };
    }
}
