using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;

namespace WalletFunctions.Bills;

/// <summary>A biller as customers see it.</summary>
internal sealed record BillerView(BillerId BillerId, string Name, BillerKind Kind, BillNumberView BillNumber, Money? MaxPerBill)
{
    public static BillerView Of(Biller biller, Language language) =>
        new(biller.Id, biller.Name.In(language), biller.Kind, BillNumberView.Of(biller.Format), biller.MaxPerBill);
}

/// <summary>A biller as the admin sees it.</summary>
internal sealed record AdminBillerView(
    BillerId BillerId, BillerName Name, BillerKind Kind, BillerStatus Status, BillNumberView BillNumber, Money? MaxPerBill, WalletId SettlementWalletId, DateTimeOffset CreatedAt)
{
    public static AdminBillerView Of(Biller biller) => new(
        biller.Id,
        new BillerName(biller.Name.Zh, biller.Name.En),
        biller.Kind,
        biller.Status,
        BillNumberView.Of(biller.Format),
        biller.MaxPerBill,
        biller.SettlementWallet,
        biller.CreatedAt);
}

/// <summary>A name in both languages.</summary>
internal sealed record BillerName(string Zh, string En);

/// <summary>What bill numbers look like.</summary>
internal sealed record BillNumberView(int MinDigits, int MaxDigits, string? Prefix, BillNumberCheck Check)
{
    public static BillNumberView Of(BillNumberFormat format) => new(format.MinDigits, format.MaxDigits, format.Prefix, format.Check);
}
