using System.Collections.Frozen;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>What entries are called outside the ledger.</summary>
/// <param name="Name">The transaction's <c>kind</c>; of an entry that is none of its own, that of the transaction it belongs to.</param>
/// <param name="IsIn">Whether it brings money, as the owner sees it.</param>
/// <param name="Words">The transaction, for people.</param>
internal sealed record TransactionKind(string Name, bool IsIn, Text Words)
{
    /// <summary>The entry, for people: a transaction that was held has several.</summary>
    public Text Line { get; init; } = Words;
}

/// <summary>The kinds of transactions.</summary>
internal static class TransactionKinds
{
    private static readonly FrozenDictionary<EntryKind, TransactionKind> All = Enum.GetValues<EntryKind>().ToFrozenDictionary(kind => kind, Describe);

    /// <summary>Every name that a transaction's <c>kind</c> can have.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Where(kind => Shows(kind.Key)).Select(kind => kind.Value.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static TransactionKind Of(EntryKind kind) => All[kind];

    /// <summary>Whether an entry is a transaction of its own; the end of a hold belongs to the transaction that placed it.</summary>
    public static bool Shows(EntryKind kind) => !EntryKinds.EndsHold(kind);

    /// <summary>The kinds of entries that are shown under one of these names, and go this way.</summary>
    /// <param name="names">Empty: any name.</param>
    /// <param name="isIn">Null: either way.</param>
    public static IReadOnlyList<EntryKind> Matching(IReadOnlyCollection<string> names, bool? isIn) =>
        [.. All.Where(kind => Shows(kind.Key) && (names.Count == 0 || names.Contains(kind.Value.Name, StringComparer.Ordinal)) && (isIn ?? kind.Value.IsIn) == kind.Value.IsIn).Select(kind => kind.Key).Order()];

    private static TransactionKind Describe(EntryKind kind) => kind switch
    {
        EntryKind.TopUp => new("topup", true, new("充值", "Top-up")),
        EntryKind.TransferOut => new("transfer", false, new("转出", "Transfer sent")),
        EntryKind.TransferHold => new("transfer", false, new("转出", "Transfer sent")) { Line = new("转出，审核中冻结", "Transfer held for review") },
        EntryKind.TransferApproved => new("transfer", false, new("转出", "Transfer sent")) { Line = new("转出，审核通过", "Held transfer sent") },
        EntryKind.TransferIn => new("transfer", true, new("转入", "Transfer received")),
        EntryKind.PaymentOut => new("payment", false, new("付款", "Payment")),
        EntryKind.PaymentHold => new("payment", false, new("付款", "Payment")) { Line = new("付款，审核中冻结", "Payment held for review") },
        EntryKind.PaymentApproved => new("payment", false, new("付款", "Payment")) { Line = new("付款，审核通过", "Held payment made") },
        EntryKind.PaymentIn => new("payment", true, new("收款", "Payment received")),
        EntryKind.CollectionOut => new("collection", false, new("付收款单", "Collection paid")),
        EntryKind.CollectionHold => new("collection", false, new("付收款单", "Collection paid")) { Line = new("付收款单，审核中冻结", "Collection held for review") },
        EntryKind.CollectionApproved => new("collection", false, new("付收款单", "Collection paid")) { Line = new("付收款单，审核通过", "Held collection paid") },
        EntryKind.CollectionIn => new("collection", true, new("收款单到账", "Collection received")),
        EntryKind.BillOut => new("bill", false, new("缴费", "Bill paid")),
        EntryKind.BillHold => new("bill", false, new("缴费", "Bill paid")) { Line = new("缴费，审核中冻结", "Bill held for review") },
        EntryKind.BillApproved => new("bill", false, new("缴费", "Bill paid")) { Line = new("缴费，审核通过", "Held bill paid") },
        EntryKind.BillIn => new("bill", true, new("缴费到账", "Bill received")),
        EntryKind.ReversalOut => new("reversal", false, new("冲正扣回", "Reversal, taken back")),
        EntryKind.ReversalIn => new("reversal", true, new("冲正退回", "Reversal, given back")),
        EntryKind.RecallOut => new("recall", false, new("退回转账", "Transfer given back")),
        EntryKind.RecallIn => new("recall", true, new("转账追回", "Transfer recalled")),
        EntryKind.RefundOut => new("refund", false, new("退款支出", "Refund paid")),
        EntryKind.RefundIn => new("refund", true, new("退款", "Refund")),
        EntryKind.TopUpReversal => new("topup_reversal", false, new("充值冲正", "Top-up reversed")),
        EntryKind.Hold => new("withdrawal", false, new("提现", "Withdrawal")),
        EntryKind.Capture => new("withdrawal", false, new("提现付出", "Withdrawal paid out")),
        EntryKind.Release => new("withdrawal", true, new("解冻退回", "Held money given back")),
        EntryKind.PayoutReturn => new("withdrawal_return", true, new("提现退回", "Withdrawal returned by the bank")),
    };
}
