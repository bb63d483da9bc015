namespace WalletFunctions.Domain.Books;

/// <summary>Why money moves between two books; each purpose has an entry kind for either side. The numbers are stored.</summary>
public enum TransferPurpose
{
    /// <summary>One person to another.</summary>
    Transfer = 0,

    /// <summary>A merchant is paid.</summary>
    Payment = 1,

    /// <summary>A request for money is paid.</summary>
    Collection = 2,

    /// <summary>A bill is paid.</summary>
    Bill = 3,

    /// <summary>Staff takes an operation back.</summary>
    Reversal = 4,

    /// <summary>The payee gives a mistaken transfer back.</summary>
    Recall = 5,

    /// <summary>A merchant gives a payment back.</summary>
    Refund = 6,
}

/// <summary>What kinds of entries are to each other.</summary>
public static class EntryKinds
{
    /// <summary>The kind of the payer's leg.</summary>
    public static EntryKind Out(TransferPurpose purpose) => purpose switch
    {
        TransferPurpose.Transfer => EntryKind.TransferOut,
        TransferPurpose.Payment => EntryKind.PaymentOut,
        TransferPurpose.Collection => EntryKind.CollectionOut,
        TransferPurpose.Bill => EntryKind.BillOut,
        TransferPurpose.Reversal => EntryKind.ReversalOut,
        TransferPurpose.Recall => EntryKind.RecallOut,
        TransferPurpose.Refund => EntryKind.RefundOut,
    };

    /// <summary>The kind of the payee's leg.</summary>
    public static EntryKind In(TransferPurpose purpose) => purpose switch
    {
        TransferPurpose.Transfer => EntryKind.TransferIn,
        TransferPurpose.Payment => EntryKind.PaymentIn,
        TransferPurpose.Collection => EntryKind.CollectionIn,
        TransferPurpose.Bill => EntryKind.BillIn,
        TransferPurpose.Reversal => EntryKind.ReversalIn,
        TransferPurpose.Recall => EntryKind.RecallIn,
        TransferPurpose.Refund => EntryKind.RefundIn,
    };

    /// <summary>The kind of the hold in which a person looks at it; the system's own purposes have none.</summary>
    public static EntryKind Held(TransferPurpose purpose) => purpose switch
    {
        TransferPurpose.Transfer => EntryKind.TransferHold,
        TransferPurpose.Payment => EntryKind.PaymentHold,
        TransferPurpose.Collection => EntryKind.CollectionHold,
        TransferPurpose.Bill => EntryKind.BillHold,
        TransferPurpose.Reversal or TransferPurpose.Recall or TransferPurpose.Refund =>
            throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "Nobody reviews the system's own moves."),
    };

    /// <summary>The kind of the payer's leg when it leaves such a hold.</summary>
    public static EntryKind Approved(TransferPurpose purpose) => purpose switch
    {
        TransferPurpose.Transfer => EntryKind.TransferApproved,
        TransferPurpose.Payment => EntryKind.PaymentApproved,
        TransferPurpose.Collection => EntryKind.CollectionApproved,
        TransferPurpose.Bill => EntryKind.BillApproved,
        TransferPurpose.Reversal or TransferPurpose.Recall or TransferPurpose.Refund =>
            throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "Nobody reviews the system's own moves."),
    };

    /// <summary>The purpose of either leg; null for an entry that is no leg of a transfer.</summary>
    public static TransferPurpose? PurposeOf(EntryKind kind) => kind switch
    {
        EntryKind.TransferOut or EntryKind.TransferIn or EntryKind.TransferApproved => TransferPurpose.Transfer,
        EntryKind.PaymentOut or EntryKind.PaymentIn or EntryKind.PaymentApproved => TransferPurpose.Payment,
        EntryKind.CollectionOut or EntryKind.CollectionIn or EntryKind.CollectionApproved => TransferPurpose.Collection,
        EntryKind.BillOut or EntryKind.BillIn or EntryKind.BillApproved => TransferPurpose.Bill,
        EntryKind.ReversalOut or EntryKind.ReversalIn => TransferPurpose.Reversal,
        EntryKind.RecallOut or EntryKind.RecallIn => TransferPurpose.Recall,
        EntryKind.RefundOut or EntryKind.RefundIn => TransferPurpose.Refund,
        EntryKind.TopUp or EntryKind.Hold or EntryKind.Capture or EntryKind.Release or EntryKind.PayoutReturn or EntryKind.TopUpReversal
            or EntryKind.TransferHold or EntryKind.PaymentHold or EntryKind.CollectionHold or EntryKind.BillHold => null,
    };

    /// <summary>Whether it is a payer's leg.</summary>
    public static bool IsOut(EntryKind kind) => PurposeOf(kind) is { } purpose && In(purpose) != kind;

    /// <summary>Whether it is a payee's leg.</summary>
    public static bool IsIn(EntryKind kind) => PurposeOf(kind) is { } purpose && In(purpose) == kind;

    /// <summary>Whether it places a hold.</summary>
    public static bool IsHold(EntryKind kind) => kind == EntryKind.Hold || IsReview(kind);

    /// <summary>Whether it places a hold in which a person looks at a transfer.</summary>
    public static bool IsReview(EntryKind kind) => kind is EntryKind.TransferHold or EntryKind.PaymentHold or EntryKind.CollectionHold or EntryKind.BillHold;

    /// <summary>Whether it is the end of a hold, and so no transaction of its own.</summary>
    public static bool EndsHold(EntryKind kind) => kind is EntryKind.Capture or EntryKind.Release
        or EntryKind.TransferApproved or EntryKind.PaymentApproved or EntryKind.CollectionApproved or EntryKind.BillApproved;
}
