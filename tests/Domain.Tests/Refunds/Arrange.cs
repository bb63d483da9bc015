using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Refunds;

namespace WalletFunctions.Domain.Tests.Refunds;

/// <summary>Refunds as tests want them.</summary>
internal static class Arrange
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 4, 0, 0, TimeSpan.Zero);

    public static readonly AccountId Agent = AccountId.Of("acc_agent");

    public static Payment Payment(long fen) => new(
        PaymentId.Of("pay_00000000000000000000000001"), WalletId.Of("wal_payer"), "*甲", AccountId.Of("acc_shop"), "茶铺", WalletId.Of("wal_shop"), "order 1", "茶",
        Money.Fen(fen), Money.Fen(0), Start.AddDays(-1));

    public static Refund Asked(long fen = 20_000, AccountId? askedBy = null) => Asked(Payment(fen), fen, askedBy);

    public static Refund Asked(Payment payment, long fen, AccountId? askedBy = null) => Refund.Ask(
        RefundId.Of("rfd_00000000000000000000000001"), payment, AccountId.Of("acc_payer"), new RefundWish(Money.Fen(fen), RefundReason.Other, "坏了"), askedBy, Start);

    public static Refund WithMerchant(long fen = 20_000) => Asked(fen).Open(canAnswer: true, Start);

    public static Refund InReview(long fen = 20_000, AccountId? askedBy = null) => Asked(fen, askedBy).Open(canAnswer: false, Start);

    public static Refund Denied() => WithMerchant().DecideByMerchant(RefundVerdict.Deny, "不符", Start).Value!;
}
