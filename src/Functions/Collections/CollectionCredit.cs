using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>Notes beside the credit which collection was paid, and by whom.</summary>
internal sealed class CollectionCredit : ICreditRows
{
    public TransferPurpose Purpose => TransferPurpose.Collection;

    public static string Memo(CollectionId collection, string payerName) => JsonSerializer.Serialize(new Paid(collection.Value, payerName));

    public IReadOnlyList<Companion> Rows(Entry debit, string memo)
    {
        var paid = JsonSerializer.Deserialize<Paid>(memo)!;
        return [Companion.Put(CollectionPaymentRow.Of(CollectionId.Of(paid.C), debit, paid.N))];
    }

    /// <param name="C">The collection.</param>
    /// <param name="N">The payer's masked name.</param>
    private sealed record Paid(string C, string N);
}
