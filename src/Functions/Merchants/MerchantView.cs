using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;

namespace WalletFunctions.Merchants;

/// <summary>A merchant as the admin sees it.</summary>
internal sealed record MerchantView(
    AccountId MerchantId, string Name, MerchantStatus Status, MerchantRestrictions Restrictions, bool InvoiceSupported, WalletId SettlementWalletId, DateTimeOffset CreatedAt)
{
    public static MerchantView Of(Merchant merchant) => new(
        merchant.Id,
        merchant.Name,
        merchant.Status,
        new MerchantRestrictions(merchant.MaxPerPayment, merchant.LeastClass.ToString()),
        merchant.InvoiceSupported,
        merchant.SettlementWallet,
        merchant.CreatedAt);
}

/// <summary>What a merchant may take.</summary>
/// <param name="MaxPerPayment">Null: no maximum.</param>
/// <param name="LeastClass">The lowest class of payer: I, II or III.</param>
internal sealed record MerchantRestrictions(Money? MaxPerPayment, string LeastClass);
