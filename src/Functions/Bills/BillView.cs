using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bills;

/// <summary>A bill as its payer sees it.</summary>
internal sealed record BillView(
    BillId BillId, TransactionId TransactionId, string Status, BillerId BillerId, string BillerName, string BillNumber, Money Amount, Money Fee, DateTimeOffset CreatedAt)
{
    /// <summary>What was available after it; only in the first answer.</summary>
    public Money? BalanceAfter { get; init; }

    /// <summary>Why it failed, where a person looked at it and said no.</summary>
    public string? FailureCode { get; init; }

    /// <summary>The transaction that took it back.</summary>
    public TransactionId? ReversedBy { get; init; }

    public static BillView Of(BillRow row, string status, Language language) => new(
        Domain.BillId.Of(row.Id),
        Operations.TransactionOf(row.Id),
        status,
        Domain.BillerId.Of(row.BillerId),
        new Text(row.BillerZh, row.BillerEn).In(language),
        row.BillNumber,
        Money.Fen(row.Amount),
        Money.Fen(row.Fee ?? 0),
        row.CreatedAt);

    public static BillView Of(BillRow row, MoveState move, Language language) => Of(row, move.Status, language) with { FailureCode = move.FailureCode, ReversedBy = move.ReversedBy };
}
