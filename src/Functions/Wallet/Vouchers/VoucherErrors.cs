using WalletFunctions.Domain;

namespace WalletFunctions.Wallet.Vouchers;

/// <summary>Refusals of vouchers.</summary>
internal static class VoucherErrors
{
    public static DomainError NotAvailable { get; } = new("voucher_not_available", ErrorKind.Conflict,
        new("交易完成后才能开具凭证。", "A voucher is issued for a transaction that is completed."));
}
