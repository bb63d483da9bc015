using System.Text.Json;

namespace WalletFunctions.Domain.Reconciliation;

/// <summary>What may be wrong. The snake_case names are stored and served: never renamed.</summary>
public enum FindingKind
{
    /// <summary>A number of a book has no entry.</summary>
    EntryMissing,

    /// <summary>An entry is not what was hashed.</summary>
    EntryChanged,

    /// <summary>An entry's amounts do not add up with the entries beside it.</summary>
    EntryAmountChanged,

    /// <summary>An entry is younger than what follows it.</summary>
    EntryTimeChanged,

    /// <summary>An operation has an entry besides the one that its row names.</summary>
    EntryDoubled,

    /// <summary>An entry stands beyond the head, of an operation that nobody knows.</summary>
    EntryUnknown,

    /// <summary>The hash stored beside an entry is not the entry's.</summary>
    HashChanged,

    /// <summary>A head does not agree with its entries.</summary>
    HeadChanged,

    /// <summary>An entry has no operation row.</summary>
    OperationMissing,

    /// <summary>An operation row names an entry that is not its own.</summary>
    OperationChanged,

    /// <summary>A hold does not agree with the entries that placed and ended it.</summary>
    HoldChanged,

    /// <summary>The entries place a hold that has no row.</summary>
    HoldMissing,

    /// <summary>A hold that no entry placed.</summary>
    HoldUnknown,

    /// <summary>What a hold is for (a withdrawal) has ended otherwise than the hold, or is of another amount.</summary>
    HoldPurposeDiffers,

    /// <summary>What a payment says is reserved for refunds, or refunded, is not what its refunds say; or the money of a refund has not come.</summary>
    RefundDiffers,

    /// <summary>A debit whose credit has not come for too long.</summary>
    CreditMissing,

    /// <summary>One debit, several credits.</summary>
    CreditDoubled,

    /// <summary>A credit of something that was never debited.</summary>
    CreditWithoutDebit,

    /// <summary>Several debits of one transfer.</summary>
    DebitDoubled,

    /// <summary>Debit and credit are of different amounts.</summary>
    TransferAmountDiffers,

    /// <summary>The books do not sum up, though each by itself is sound.</summary>
    TotalsDiffer,

    /// <summary>An anchored book is gone.</summary>
    BookMissing,

    /// <summary>A book is consistent in itself and yet not what was anchored: somebody recomputed its hashes.</summary>
    BookRewritten,

    /// <summary>A closed day between two anchors, or before yesterday, has none.</summary>
    AnchorMissing,

    /// <summary>An anchor's signature, content or link to the anchor before does not hold.</summary>
    AnchorChanged,

    /// <summary>The other side gave no file of a day.</summary>
    FileMissing,

    /// <summary>The file of a day that the other side gave is not signed by them, or is cut off.</summary>
    FileUnreadable,

    /// <summary>Ours stands in no file of theirs.</summary>
    ItemMissing,

    /// <summary>Theirs is none of ours.</summary>
    ItemUnknown,

    /// <summary>It stands in their file more than once.</summary>
    ItemDoubled,

    /// <summary>Theirs is of another amount.</summary>
    ItemAmountDiffers,

    /// <summary>It stands in the file of another day than ours, and not for the midnight between them.</summary>
    ItemWrongDay,
}

/// <summary>Names of <see cref="FindingKind"/>.</summary>
public static class FindingKinds
{
    /// <summary>The name in JSON, in storage and in metrics: <c>entry_missing</c>.</summary>
    public static string Name(this FindingKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>Reads what <see cref="Name"/> wrote.</summary>
    /// <exception cref="FormatException">There is no such kind: a newer version wrote it.</exception>
    public static FindingKind Parse(string name)
    {
        foreach (var kind in Enum.GetValues<FindingKind>())
        {
            if (kind.Name() == name)
            {
                return kind;
            }
        }

        throw new FormatException($"No kind of finding is called '{name}'.");
    }
}
