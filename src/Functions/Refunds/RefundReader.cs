using Azure;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Payments;
using WalletFunctions.Platform;

namespace WalletFunctions.Refunds;

/// <summary>Shows refunds: to customers out of their own book, to merchants their own, to support all.</summary>
public sealed class RefundReader
{
    private const int AtOnce = 16;

    private readonly RefundTable table;
    private readonly RefundIndex index;
    private readonly RefundPolicies policies;
    private readonly PaymentReader payments;

    internal RefundReader(RefundTable table, RefundIndex index, RefundPolicies policies, PaymentReader payments) =>
        (this.table, this.index, this.policies, this.payments) = (table, index, policies, payments);

    /// <summary>In whose book a refund stands that the caller may see; null when there is none. A customer's own is not looked for yet.</summary>
    internal async Task<WalletId?> FindBookAsync(Caller caller, RefundId id, CancellationToken cancellationToken)
    {
        if (caller.Role == Role.Customer)
        {
            return caller.Wallet;
        }

        return await index.FindAsync(id, cancellationToken) is { } place && (caller.Role != Role.Merchant || place.Merchant == caller.Account) ? place.Payer : null;
    }

    internal async Task<StoredRefund?> FindAsync(Caller caller, RefundId id, CancellationToken cancellationToken) =>
        await FindBookAsync(caller, id, cancellationToken) is { } payer ? await table.FindAsync(payer, id, cancellationToken) : null;

    /// <summary>Answers at once, or when the refund changes within the wait. One that is over does not change: it is answered at once.</summary>
    internal async Task<(RefundView View, ETag ETag)?> WaitAsync(Caller caller, RefundId id, LongPoll.Wait wait, CancellationToken cancellationToken)
    {
        if (await FindBookAsync(caller, id, cancellationToken) is not { } payer)
        {
            return null;
        }

        (RefundStatus, int)? first = null;
        var stored = await LongPoll.UntilAsync(
            wait,
            token => table.FindAsync(payer, id, token),
            seen => seen is null || seen.Refund.IsOver || (first ??= Shown(seen.Refund)) != Shown(seen.Refund),
            cancellationToken);
        return stored is null ? null : (await DetailAsync(stored.Refund, caller, cancellationToken), stored.ETag);
    }

    /// <summary>As <see cref="ViewAsync"/>, and for support with the payment beside it.</summary>
    internal async Task<RefundView> DetailAsync(Refund refund, Caller caller, CancellationToken cancellationToken)
    {
        var view = await ViewAsync(refund, caller, cancellationToken);
        return (caller.Role & Role.Staff) == Role.Anonymous
            ? view
            : view with { Payment = await payments.FindForSupportAsync(refund.Payer, refund.PaymentId, cancellationToken) };
    }

    internal async Task<RefundView> ViewAsync(Refund refund, Caller caller, CancellationToken cancellationToken) =>
        RefundView.Of(refund, await policies.AtAsync(refund.RequestedAt, cancellationToken), caller);

    /// <summary>One page of what the caller may see, newest first.</summary>
    internal async Task<(IReadOnlyList<RefundView> Items, string? Continuation)> ListAsync(Caller caller, Page page, CancellationToken cancellationToken)
    {
        IReadOnlyList<Refund> refunds;
        string? next;
        if (caller.Role == Role.Customer)
        {
            (refunds, next) = await table.ListAsync(caller.Wallet, page, cancellationToken);
        }
        else
        {
            (var places, next) = await index.PageAsync(caller.Role == Role.Merchant ? caller.Account : null, page, cancellationToken);
            var found = new Refund?[places.Count];
            await Parallel.ForAsync(0, places.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
                found[i] = (await table.FindAsync(places[i].Payer, places[i].Refund, token))?.Refund);
            refunds = [.. found.OfType<Refund>()];
        }

        var views = new List<RefundView>(refunds.Count);
        foreach (var refund in refunds)
        {
            views.Add(await ViewAsync(refund, caller, cancellationToken));
        }

        return (views, next);
    }

    /// <summary>What a reader can see change; the row changes more often.</summary>
    private static (RefundStatus Status, int Lines) Shown(Refund refund) => (refund.Status, refund.Timeline.Count);
}
