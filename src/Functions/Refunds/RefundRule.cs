using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Payments;
using WalletFunctions.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>What a payment's row says of refunds is what its refunds say, and what is refunded has come.</summary>
internal sealed class RefundRule : IBookRule
{
    public async Task<IReadOnlyList<Finding>> CheckAsync(BookStore store, WalletId book, CancellationToken cancellation)
    {
        var first = await LookAsync(store, book, cancellation);

        // A refund may have gone on between two rows; then the second look sees another difference, or none.
        return first.Count == 0 ? [] : [.. first.Intersect(await LookAsync(store, book, cancellation))];
    }

    private static async Task<HashSet<Finding>> LookAsync(BookStore store, WalletId book, CancellationToken cancellation)
    {
        var partition = BookKeys.Partition(book);
        var payments = new Dictionary<string, (long Reserved, long Refunded)>(StringComparer.Ordinal);
        await foreach (var row in store.RangeAsync<PaymentRow>(partition, PaymentRow.Prefix, "p}", null, cancellation))
        {
            var (taken, refunded) = (row.Amount - row.Refundable, row.Refunded ?? 0);
            if (taken != 0 || refunded != 0)
            {
                payments[row.Id] = (taken - refunded, refunded);
            }
        }

        var refunds = new Dictionary<string, (long Reserved, long Refunded)>(StringComparer.Ordinal);
        var paid = new Dictionary<string, (string Refund, long Amount)>(StringComparer.Ordinal);
        await foreach (var row in store.RangeAsync<RefundRow>(partition, RefundRow.Prefix, "f}", null, cancellation))
        {
            var (refund, before) = (row.ToDomain(), refunds.GetValueOrDefault(row.Payment));
            var isRefunded = refund.Status == RefundStatus.Refunded;
            refunds[row.Payment] = (before.Reserved + (refund.Status.Reserves() ? row.Amount : 0), before.Refunded + (isRefunded ? row.Amount : 0));
            if (isRefunded)
            {
                paid[Operations.Tail(RefundMoney.OperationOf(refund))] = (row.Id, row.Amount);
            }
        }

        var found = new HashSet<Finding>();
        foreach (var id in payments.Keys.Union(refunds.Keys, StringComparer.Ordinal))
        {
            var (said, sum) = (payments.GetValueOrDefault(id), refunds.GetValueOrDefault(id));
            if (said != sum)
            {
                found.Add(Finding.InBook(FindingKind.RefundDiffers, book, id) with
                {
                    Operation = id,
                    Amount = Math.Abs(said.Reserved - sum.Reserved) + Math.Abs(said.Refunded - sum.Refunded),
                    Expected = $"{sum.Reserved} reserved, {sum.Refunded} refunded",
                    Actual = $"{said.Reserved} reserved, {said.Refunded} refunded",
                });
            }
        }

        await TakeArrivedAsync(store, partition, paid, cancellation);
        foreach (var (refund, amount) in paid.Values)
        {
            found.Add(Finding.InBook(FindingKind.RefundDiffers, book, refund) with { Operation = refund, Amount = amount, Expected = $"{amount} arrived", Actual = "none" });
        }

        return found;
    }

    /// <summary>Leaves those of which no money has come.</summary>
    private static async Task TakeArrivedAsync(BookStore store, string partition, Dictionary<string, (string Refund, long Amount)> paid, CancellationToken cancellation)
    {
        if (paid.Count == 0 || await store.FindHeadAsync(partition, cancellation) is not { } head)
        {
            return;
        }

        await foreach (var row in store.Entries(new EntryRange(partition, head.Head.LastNumber, 1), [EntryKind.RefundIn], null, cancellation))
        {
            var tail = Operations.Tail(row.Operation);
            if (paid.TryGetValue(tail, out var refund) && BookReading.EntryOf(row) is { } entry && entry.Moved(BookAccount.InTransit) == refund.Amount)
            {
                paid.Remove(tail);
            }
        }
    }
}
