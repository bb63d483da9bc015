using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Domain.Merchants;

/// <summary>A business that is paid, as the register has it.</summary>
/// <param name="Id">Its account, which is also its merchant id.</param>
/// <param name="Name">As payers see it, in full.</param>
/// <param name="Status">Whether it may be paid.</param>
/// <param name="SettlementWallet">Where its money goes. It never changes: that an order was paid is written in this wallet's book.</param>
/// <param name="CreatedAt">By the business clock.</param>
public sealed record Merchant(AccountId Id, string Name, MerchantStatus Status, WalletId SettlementWallet, DateTimeOffset CreatedAt)
{
    /// <summary>The most that one payment may be; null: no maximum of the merchant's own.</summary>
    public Money? MaxPerPayment { get; init; }

    /// <summary>The lowest class of payer that it may take money from.</summary>
    public AccountClass LeastClass { get; init; } = AccountClass.I;

    /// <summary>Whether it issues e-invoices.</summary>
    public bool InvoiceSupported { get; init; }

    /// <summary>Whether it may take a payment. Null when it may.</summary>
    /// <param name="amount">Positive.</param>
    /// <param name="payer">The payer's class.</param>
    public DomainError? Takes(Money amount, AccountClass payer)
    {
        if (Status != MerchantStatus.Active)
        {
            return MerchantErrors.Restricted(new Text("该商户目前不能收款。", "This merchant cannot take payments at present."));
        }

        if (MaxPerPayment is { } most && amount.Currency == most.Currency && amount.Amount > most.Amount)
        {
            return MerchantErrors.Restricted(new Text($"该商户单笔收款不超过 {most}。", $"This merchant takes at most {most} in one payment."));
        }

        return payer < LeastClass
            ? MerchantErrors.Restricted(new Text($"该商户只接受 {LeastClass} 类及以上账户付款。", $"This merchant takes payments from accounts of class {LeastClass} and above."))
            : null;
    }
}

/// <summary>Whether a merchant may be paid.</summary>
public enum MerchantStatus
{
    /// <summary>In business.</summary>
    Active,

    /// <summary>It takes no payments for the time being; what it owes and has, it settles.</summary>
    Restricted,

    /// <summary>Stopped.</summary>
    Suspended,
}
