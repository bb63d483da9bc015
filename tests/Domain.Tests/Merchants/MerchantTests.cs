using Shouldly;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Merchants;
using Xunit;

namespace WalletFunctions.Domain.Tests.Merchants;

public sealed class MerchantTests
{
    private static readonly Merchant Shop = new(AccountId.Of("acc_x"), "王记茶铺", MerchantStatus.Active, WalletId.Of("wal_x"), default);

    [Theory]
    [InlineData(MerchantStatus.Active, 100, AccountClass.II, true)]
    [InlineData(MerchantStatus.Active, 101, AccountClass.II, false)]
    [InlineData(MerchantStatus.Active, 100, AccountClass.I, false)]
    [InlineData(MerchantStatus.Restricted, 1, AccountClass.III, false)]
    [InlineData(MerchantStatus.Suspended, 1, AccountClass.III, false)]
    public void A_merchant_takes_what_its_restrictions_allow(MerchantStatus status, long amount, AccountClass payer, bool takes)
    {
        var shop = Shop with { Status = status, MaxPerPayment = Money.Fen(100), LeastClass = AccountClass.II };
        var refusal = shop.Takes(Money.Fen(amount), payer);
        (refusal is null).ShouldBe(takes);
        refusal?.Code.ShouldBe("merchant_restricted");
    }

    [Fact]
    public void A_merchant_without_restrictions_takes_anything() => Shop.Takes(Money.Fen(Money.MaxRequest), AccountClass.I).ShouldBeNull();
}
