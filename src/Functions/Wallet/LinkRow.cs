using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>That a transaction was taken back by another: a row for each of the two, in every book that has them. Of a refund, which may
/// be of a part, the row of the refund alone.</summary>
/// <remarks>Written with the money, in the same transaction, and never changed.</remarks>
internal sealed class LinkRow : BookRow
{
    private const string Prefix = "x|l|";

    /// <summary>The other transaction.</summary>
    [DataMember(Name = "o")]
    public string Other { get; set; } = "";

    /// <summary>Whether this transaction is the one that takes the other back.</summary>
    [DataMember(Name = "r")]
    public bool Returns { get; set; }

    /// <summary>Why: <see cref="TransferPurpose.Reversal"/>, <see cref="TransferPurpose.Recall"/> or <see cref="TransferPurpose.Refund"/>.</summary>
    [DataMember(Name = "p")]
    public int Purpose { get; set; }

    /// <summary>The request that made it, so that a repeat of it knows its own.</summary>
    [DataMember(Name = "b")]
    public string? MadeBy { get; set; }

    [IgnoreDataMember]
    public TransactionId OtherId => new(Other);

    [IgnoreDataMember]
    public TransferPurpose Why => (TransferPurpose)Purpose;

    /// <summary>The row key of a transaction, by any operation that it is shown as.</summary>
    public static string KeyOf(string operation) => Prefix + Operations.Tail(operation);

    /// <summary>The rows of one book.</summary>
    /// <param name="original">The operation that is taken back.</param>
    /// <param name="return">The operation that takes it back.</param>
    /// <param name="purpose">Why.</param>
    /// <param name="madeBy">Names the request.</param>
    public static IReadOnlyList<Companion> Both(string original, string @return, TransferPurpose purpose, string? madeBy) =>
    [
        Companion.Put(Row(original, @return, false, purpose, madeBy)),
        Companion.Put(Row(@return, original, true, purpose, madeBy)),
    ];

    /// <summary>The row of a refund.</summary>
    /// <param name="payment">The operation that is refunded, in part or whole.</param>
    /// <param name="refund">The operation that refunds it.</param>
    public static IReadOnlyList<Companion> Refund(string payment, string refund) => [Companion.Put(Row(refund, payment, true, TransferPurpose.Refund, null))];

    private static LinkRow Row(string operation, string other, bool returns, TransferPurpose purpose, string? madeBy) => new()
    {
        RowKey = KeyOf(operation),
        Other = Operations.TransactionOf(other).Value,
        Returns = returns,
        Purpose = (int)purpose,
        MadeBy = madeBy,
    };
}
