using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>What became of an attempt to move a refund's money.</summary>
internal abstract record RefundPayment
{
    private RefundPayment()
    {
    }

    /// <summary>It has reached the customer's book.</summary>
    public sealed record Made : RefundPayment;

    /// <summary>The merchant's book does not give it.</summary>
    /// <param name="Cause">The code of its refusal.</param>
    public sealed record Short(string Cause) : RefundPayment;

    /// <summary>The sweep has forbidden this operation, for ever; the next one bears another id.</summary>
    public sealed record Forbidden : RefundPayment;
}

/// <summary>Moves the money of refunds, from the merchant's book to the customer's: once, however often it is tried.</summary>
/// <remarks>
/// The operation's id is made from the refund's. Nothing is kept of a refusal, so the same operation is tried until the book gives
/// the money. Only one that is forbidden for ever is followed by another, so that no two of them can debit.
/// </remarks>
internal sealed class RefundMoney(Transfers transfers, Ledger ledger)
{
    /// <summary>The operation that a refund's money moves by now.</summary>
    public static string OperationOf(Refund refund) => refund.ForbiddenPayments == 0
        ? refund.Id.Value
        : Id.From<TransactionId>(refund.RequestedAt, Encoding.UTF8.GetBytes($"{refund.Id}/{refund.ForbiddenPayments}")).Value;

    /// <summary>Moves the money, or finds that it has moved.</summary>
    /// <exception cref="LedgerUnavailableException">Storage did not let it be decided in time; try again.</exception>
    public async Task<RefundPayment> PayAsync(Refund refund, CancellationToken cancellation)
    {
        var operation = OperationOf(refund);
        if (await transfers.CompleteAsync(refund.Payee, operation, cancellation))
        {
            return new RefundPayment.Made();
        }

        var order = new TransferOrder(operation, refund.Payee, refund.MerchantName, refund.Payer, refund.PayerName, refund.Amount, $"退款 {refund.OrderId}")
        {
            Terms = SpendTerms.ByStaff(OperationKind.Payment),
            Purpose = TransferPurpose.Refund,
            Passing = _ => true,
            Companions = _ => LinkRow.Refund(refund.PaymentId.Value, operation),
            Memo = refund.PaymentId.Value,
        };
        return await transfers.SendAsync(order, cancellation) switch
        {
            Outcome.Committed or Outcome.Replayed => new RefundPayment.Made(),

            // Another host may have made the debit a moment ago, which is why the money is not there any more.
            Outcome.Refused refused => await transfers.CompleteAsync(refund.Payee, operation, cancellation) ? new RefundPayment.Made() : new RefundPayment.Short(refused.Error.Code),
            Outcome.Swept => new RefundPayment.Forbidden(),
            var other => throw new LedgerUnavailableException($"The money of refund {refund.Id} could not be moved yet ({other.GetType().Name})."),
        };
    }

    /// <summary>Makes sure that the money does not move any more.</summary>
    /// <returns>False when it has moved.</returns>
    public async Task<bool> ForbidAsync(Refund refund, CancellationToken cancellation) =>
        await ledger.TombstoneAsync(refund.Payee, OperationOf(refund), cancellation)
        || await ledger.FindOperationAsync(refund.Payee, OperationOf(refund), cancellation) is { Tombstone: true };

    /// <summary>Whether the money stands in suspense, because the customer's wallet was closed by then.</summary>
    public async Task<bool> IsInSuspenseAsync(Refund refund, CancellationToken cancellation) =>
        (await ledger.ReadHeadAsync(refund.Payer, cancellation)).Head.IsClosed
        && (await ledger.FindEntryAsync(refund.Payer, OperationOf(refund), cancellation))?.Moved(BookAccount.Suspense) > 0;
}

/// <summary>Notes beside a refund's credit which payment it refunds.</summary>
internal sealed class RefundCredit : ICreditRows
{
    public TransferPurpose Purpose => TransferPurpose.Refund;

    /// <param name="debit">The merchant's entry.</param>
    /// <param name="memo">The payment.</param>
    public IReadOnlyList<Companion> Rows(Entry debit, string memo) => LinkRow.Refund(memo, debit.Operation);
}
