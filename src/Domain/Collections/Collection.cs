using System.Diagnostics.CodeAnalysis;

namespace WalletFunctions.Domain.Collections;

/// <summary>A request for money, paid by whoever has its code: one person, or each of several.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Code">What payers type or scan.</param>
/// <param name="Payee">The wallet that is paid.</param>
/// <param name="PayeeName">Masked, as payers see it.</param>
/// <param name="Amount">What each payer pays; null lets the payer say.</param>
/// <param name="Note">What it is for.</param>
/// <param name="MaxPayers">How many may pay, each once; 1 for a single payer.</param>
/// <param name="CreatedAt">By the business clock.</param>
/// <param name="ExpiresAt">From then on nobody can pay it.</param>
[SuppressMessage("Naming", "CA1711", Justification = "A collection of money is what the field and the HTTP contract call it.")]
public sealed record Collection(
    CollectionId Id,
    CollectionCode Code,
    WalletId Payee,
    string PayeeName,
    Money? Amount,
    string? Note,
    int MaxPayers,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>The longest that a collection can be open.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <summary>How long it is open when its creator does not say.</summary>
    public static readonly TimeSpan UsualLife = TimeSpan.FromDays(1);

    /// <summary>The most payers that one collection can have.</summary>
    public const int MostPayers = 200;

    /// <summary>When its creator took it back; null where nobody did.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>Whether one payment settles it.</summary>
    public bool IsSingle => MaxPayers == 1;

    /// <summary>Where it stands.</summary>
    /// <param name="paid">How many have paid.</param>
    /// <param name="now">The business clock.</param>
    public CollectionStatus StatusAt(int paid, DateTimeOffset now) =>
        paid >= MaxPayers ? CollectionStatus.Paid
        : CancelledAt is not null ? CollectionStatus.Cancelled
        : now >= ExpiresAt ? CollectionStatus.Expired
        : CollectionStatus.Open;

    /// <summary>What a payer has to pay, or why not. Whether it is paid already is decided by its claim, when the money moves.</summary>
    /// <param name="payer">Who wants to pay.</param>
    /// <param name="offered">The amount that the payer names; null takes the collection's.</param>
    /// <param name="now">The business clock.</param>
    public Result<Money> AskOf(WalletId payer, Money? offered, DateTimeOffset now)
    {
        if (payer == Payee)
        {
            return Books.LedgerErrors.PayeeIsSelf;
        }

        switch (StatusAt(0, now))
        {
            case CollectionStatus.Cancelled:
                return CollectionErrors.Cancelled;
            case CollectionStatus.Expired:
                return CollectionErrors.Expired;
            case CollectionStatus.Open:
            case CollectionStatus.Paid:
            default:
                break;
        }

        return Amount is { } asked
            ? offered is null || offered == asked ? asked : CollectionErrors.AmountDiffers(asked)
            : offered is { } own ? own : CollectionErrors.AmountRequired;
    }

    /// <summary>Takes it back. A second time it is as it was.</summary>
    /// <param name="paid">How many have paid.</param>
    /// <param name="now">The business clock.</param>
    public Result<Collection> Cancel(int paid, DateTimeOffset now) => StatusAt(paid, now) switch
    {
        CollectionStatus.Paid => CollectionErrors.Paid,
        CollectionStatus.Cancelled => this,
        CollectionStatus.Expired => CollectionErrors.Expired,
        CollectionStatus.Open => this with { CancelledAt = now },
    };
}

/// <summary>Where a collection stands.</summary>
public enum CollectionStatus
{
    /// <summary>It can be paid.</summary>
    Open,

    /// <summary>All who may pay have paid.</summary>
    Paid,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its creator took it back.</summary>
    Cancelled,
}
