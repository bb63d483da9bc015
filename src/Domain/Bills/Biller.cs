namespace WalletFunctions.Domain.Bills;

/// <summary>Somebody whose bills are paid, as the register has them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">As customers see it.</param>
/// <param name="Kind">What it supplies.</param>
/// <param name="Status">Whether bills can be paid.</param>
/// <param name="Format">What its bill numbers look like.</param>
/// <param name="SettlementWallet">Where the money goes. It never changes: that a bill was paid is written in this wallet's book.</param>
/// <param name="CreatedAt">By the business clock.</param>
public sealed record Biller(BillerId Id, Text Name, BillerKind Kind, BillerStatus Status, BillNumberFormat Format, WalletId SettlementWallet, DateTimeOffset CreatedAt)
{
    /// <summary>The most that one bill may be; null: no maximum.</summary>
    public Money? MaxPerBill { get; init; }

    /// <summary>Whether a bill can be paid. Null when it can.</summary>
    public DomainError? Takes(string number, Money amount)
    {
        if (Status != BillerStatus.Active)
        {
            return BillErrors.BillerSuspended;
        }

        if (!Format.Fits(number))
        {
            return BillErrors.NumberInvalid;
        }

        return MaxPerBill is { } most && amount.Currency == most.Currency && amount.Amount > most.Amount ? BillErrors.AmountTooLarge(most) : null;
    }

    /// <summary>What the claim is called by which a bill is paid once.</summary>
    public static string ClaimOf(BillerId biller, string number) => $"bill {biller} {number}";
}

/// <summary>What a biller supplies.</summary>
public enum BillerKind
{
    /// <summary>Electricity.</summary>
    Electricity,

    /// <summary>Water.</summary>
    Water,

    /// <summary>Gas.</summary>
    Gas,

    /// <summary>Telephone.</summary>
    Phone,
}

/// <summary>Whether a biller's bills can be paid.</summary>
public enum BillerStatus
{
    /// <summary>They can.</summary>
    Active,

    /// <summary>They cannot, for the time being.</summary>
    Suspended,
}
