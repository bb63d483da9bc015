using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>What a purpose writes into the payee's book together with the credit (a collection that is paid, a merchant's payment).</summary>
/// <remarks>The credit may be made by a sweep, days after the request: the rows are pure functions of what is stored. A credit never
/// refuses, so what could be in their way is claimed before the debit, and they are written with <see cref="Companion.Put"/>.</remarks>
internal interface ICreditRows
{
    /// <summary>The purpose it serves.</summary>
    TransferPurpose Purpose { get; }

    /// <summary>The rows.</summary>
    /// <param name="debit">The payer's entry.</param>
    /// <param name="memo">What was kept with the debit, see <see cref="TransferOrder.Memo"/>.</param>
    IReadOnlyList<Companion> Rows(Entry debit, string memo);

    /// <summary>A fee that the payee had paid and gets back with the credit, in minor units.</summary>
    /// <param name="memo">As for <see cref="Rows"/>.</param>
    long FeeReturned(string memo) => 0;
}
