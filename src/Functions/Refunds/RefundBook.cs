using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Payments;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>A payment as refunds see it: its row, and the claim that lets it be reversed once.</summary>
/// <param name="Row">In the payer's book.</param>
/// <param name="Claim">In the same book; null while nobody has wanted to reverse it.</param>
/// <param name="Standing">What became of it.</param>
internal sealed record RefundablePayment(PaymentRow Row, ClaimRow? Claim, PaymentStanding Standing)
{
    public Payment Payment { get; } = Row.ToDomain();

    /// <summary>Whether a reversal is about to be made, or to be refused: not decided yet.</summary>
    public bool IsBeingReversed => Claim is { Closed: not true, IsKept: false, Holders.Count: > 0 };
}

/// <summary>
/// What refunds change in a payer's book besides their own rows: what is left of the payment, and the claim by which refunds
/// and reversals exclude each other. All of it is conditioned on what was read, so that none of 32 who race can take too much.
/// </summary>
internal sealed class RefundBook(PaymentTable payments, Ledger ledger, RefundTable table)
{
    /// <summary>Null when the wallet made no such payment.</summary>
    public async Task<RefundablePayment?> FindAsync(WalletId payer, PaymentId id, CancellationToken cancellation)
    {
        if (await payments.FindAsync(payer, id, cancellation) is not { } row)
        {
            return null;
        }

        var partition = BookKeys.Partition(payer);
        var claim = await ledger.Store.FindAsync<ClaimRow>(partition, BookKeys.Claim(SentMove.ClaimOf(id.Value)), cancellation);
        var isMade = row.Reviewed != true || await ledger.Store.FindHoldAsync(partition, id.Value, cancellation) is { State: (int)HoldState.Captured };
        return new RefundablePayment(row, claim, !isMade ? PaymentStanding.NotMade : claim is { IsKept: true } ? PaymentStanding.Reversed : PaymentStanding.Made);
    }

    /// <summary>The rows of a payment of which more or less is reserved now.</summary>
    public static IReadOnlyList<Companion> Changing(RefundablePayment before, Payment after)
    {
        List<Companion> rows = [Companion.Replace(PaymentRow.Of(after, before.Row.Reviewed == true), before.Row.ETag)];
        if (after.HasRefunds && before.Claim?.Closed != true)
        {
            rows.Add(Claims.Closing(SentMove.ClaimOf(after.Id.Value), before.Claim));
        }
        else if (!after.HasRefunds && before.Claim is { Closed: true } closed)
        {
            rows.Add(Claims.Opening(closed));
        }

        return rows;
    }

    /// <summary>The rows of a change, the payment's among them where it changes what is reserved; or why there is not enough left for it.</summary>
    /// <returns>Null when the refund has changed since it was read, so that the payment tells nothing about it.</returns>
    public async Task<Result<IReadOnlyList<Companion>>?> RowsAsync(StoredRefund before, Refund after, CancellationToken cancellation)
    {
        var own = Companion.Replace(RefundRow.Of(after), before.ETag);
        if (!ChangesPayment(before.Refund, after))
        {
            return new[] { own };
        }

        var found = await FindAsync(after.Payer, after.PaymentId, cancellation)
            ?? throw new InvalidDataException($"Refund {after.Id} is of a payment that is not there.");
        var payment = found.Payment;
        if (after.Status.Reserves() && found.IsBeingReversed)
        {
            return LedgerErrors.ClaimBusy;
        }

        var isTooMuch = after.Status.Reserves()
            ? found.Standing == PaymentStanding.Reversed || payment.Refundable < after.Amount
            : payment.Reserved < after.Amount;
        if (isTooMuch && (await table.GetAsync(after.Payer, after.Id, cancellation)).ETag != before.ETag)
        {
            return null;
        }

        if (isTooMuch && after.Status.Reserves())
        {
            return found.Standing == PaymentStanding.Reversed ? RefundErrors.PaymentReversed : RefundErrors.ExceedsPayment(payment.Refundable);
        }

        var changed = after.Status == RefundStatus.Refunded ? payment.Refund(after.Amount)
            : after.Status.Reserves() ? payment.Reserve(after.Amount)
            : payment.GiveBack(after.Amount);
        return new[] { own }.Concat(Changing(found, changed)).ToList();
    }

    /// <summary>Stores a change that nobody asked for with a key; null when the row has changed since it was read.</summary>
    /// <param name="step">Names it among all changes of this refund.</param>
    public async Task<StoredRefund?> SaveAsync(StoredRefund before, Refund after, string step, CancellationToken cancellation)
    {
        if (!ChangesPayment(before.Refund, after))
        {
            return await table.ReplaceAsync(after, before.ETag, cancellation);
        }

        if (await RowsAsync(before, after, cancellation) is not { } rows)
        {
            return null;
        }

        if (!rows.IsOk)
        {
            throw new InvalidOperationException($"Refund {after.Id} could not become {after.Status.Name()}: {rows.Error.Code}.");
        }

        var command = new BookCommand($"{after.Id}:{step}", new BookMove.Touch()) { Companions = _ => rows.Value };
        return await ledger.ExecuteAsync(after.Payer, command, cancellation) switch
        {
            // The row's ETag is not told; whoever goes on changing it reads it first.
            Outcome.Committed or Outcome.Replayed => await table.GetAsync(after.Payer, after.Id, cancellation),
            Outcome.Conflict => null,
            var other => throw new LedgerUnavailableException($"Step {step} of refund {after.Id} ended as {other.GetType().Name}."),
        };
    }

    private static bool ChangesPayment(Refund before, Refund after) =>
        before.Status.Reserves() != after.Status.Reserves();
}
