using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>Notes beside the credit which merchant's sale it is. Two merchants may settle into one wallet.</summary>
internal sealed class SaleCredit : ICreditRows
{
    public TransferPurpose Purpose => TransferPurpose.Payment;

    /// <param name="debit">The payer's entry.</param>
    /// <param name="memo">The merchant.</param>
    public IReadOnlyList<Companion> Rows(Entry debit, string memo)
    {
        var id = Operations.TransferOf(debit.Operation);
        return [Companion.Put(new SaleRow { RowKey = SaleRow.KeyOf(PaymentId.Of(id)), Id = id, Merchant = memo, Payer = debit.Wallet.Value })];
    }
}
