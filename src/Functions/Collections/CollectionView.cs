using WalletFunctions.Domain;
using WalletFunctions.Domain.Collections;

namespace WalletFunctions.Collections;

/// <summary>A collection as its creator or a payer sees it.</summary>
/// <param name="CollectionId">Its id.</param>
/// <param name="Code">What payers type.</param>
/// <param name="Link">What payers open.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Amount">What each payer pays; absent where the payer says.</param>
/// <param name="Note">What it is for.</param>
/// <param name="Payers">One, or several.</param>
/// <param name="MaxPayers">How many may pay.</param>
/// <param name="Payee">Whom payers pay.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on nobody can pay it.</param>
/// <param name="Paid">How many have paid, and how much; only for its creator.</param>
/// <param name="PaidBy">Who has paid; only for its creator.</param>
internal sealed record CollectionView(
    CollectionId CollectionId,
    string Code,
    string Link,
    CollectionStatus Status,
    Money? Amount,
    string? Note,
    CollectionView.PayersKind Payers,
    int MaxPayers,
    CollectionView.Person Payee,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    CollectionView.PaidSum? Paid,
    IReadOnlyList<CollectionView.PaidPart>? PaidBy)
{
    public static CollectionView Of(StoredCollection stored, CollectionLinks links, bool isCreator, DateTimeOffset now)
    {
        var collection = stored.Collection;
        return new CollectionView(
            collection.Id,
            collection.Code.Value,
            links.Of(collection.Code),
            stored.StatusAt(now),
            collection.Amount,
            collection.Note,
            collection.IsSingle ? PayersKind.Single : PayersKind.Many,
            collection.MaxPayers,
            new Person(collection.PayeeName),
            collection.CreatedAt,
            collection.ExpiresAt,
            isCreator ? new PaidSum(stored.Payments.Count, Money.Fen(stored.Payments.Sum(payment => payment.Amount))) : null,
            isCreator ? [.. stored.Payments.Select(PaidPart.Of)] : null);
    }

    /// <summary>How many may pay.</summary>
    internal enum PayersKind
    {
        Single,
        Many,
    }

    internal sealed record Person(string? Name);

    internal sealed record PaidSum(int Count, Money Amount);

    internal sealed record PaidPart(string? Name, Money Amount, TransactionId TransactionId, DateTimeOffset At)
    {
        public static PaidPart Of(CollectionPaymentRow row) =>
            new(row.PayerName, Money.Fen(row.Amount), Domain.Books.Operations.TransactionOf(row.Operation), row.At);
    }
}
