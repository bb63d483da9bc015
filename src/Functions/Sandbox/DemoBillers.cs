using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;

namespace WalletFunctions.Sandbox;

/// <summary>Four made-up companies whose bills can be paid. They are the same on every machine.</summary>
internal static class DemoBillers
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<Biller> All { get; } =
    [
        Make(BillerKind.Electricity, new("示范电力公司", "Demo Electricity"), new BillNumberFormat(13, 13, "31", BillNumberCheck.Luhn)),
        Make(BillerKind.Water, new("示范自来水公司", "Demo Water"), new BillNumberFormat(10, 12, null, BillNumberCheck.Mod11)),
        Make(BillerKind.Gas, new("示范燃气公司", "Demo Gas"), new BillNumberFormat(16, 16, "7", BillNumberCheck.Mod97)),
        Make(BillerKind.Phone, new("示范通信公司", "Demo Telecom"), new BillNumberFormat(11, 11, "1", BillNumberCheck.None)) with { MaxPerBill = Money.Fen(50_000) },
    ];

    private static Biller Make(BillerKind kind, Text name, BillNumberFormat format) => new(
        Id.From<BillerId>(Epoch, Encoding.UTF8.GetBytes($"demo/biller/{kind}")),
        name,
        kind,
        BillerStatus.Active,
        format,
        Id.From<WalletId>(Epoch, Encoding.UTF8.GetBytes($"demo/biller/{kind}/wallet")),
        Epoch);
}
