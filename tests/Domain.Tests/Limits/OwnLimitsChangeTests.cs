using Shouldly;
using WalletFunctions.Domain.Limits;
using Xunit;

namespace Domain.Tests.Limits;

public sealed class OwnLimitsChangeTests
{
    [Theory]
    [InlineData(null, 100L, false)] // a first limit only lowers
    [InlineData(100L, 99L, false)]
    [InlineData(100L, 100L, false)]
    [InlineData(100L, 101L, true)]
    [InlineData(100L, null, true)] // lifted
    [InlineData(null, null, false)]
    public void A_change_raises_when_more_may_move_after_it(long? before, long? after, bool raises)
    {
        new OwnLimitsChange(true, after, false, null).Raises(new OwnLimits(before, 5)).ShouldBe(raises);
        new OwnLimitsChange(false, null, true, after).Raises(new OwnLimits(5, before)).ShouldBe(raises);
    }

    [Fact]
    public void What_is_not_named_stays()
    {
        new OwnLimitsChange(false, null, true, 7).Apply(new OwnLimits(3, 5)).ShouldBe(new OwnLimits(3, 7));
        new OwnLimitsChange(true, null, false, null).Apply(new OwnLimits(3, 5)).ShouldBe(new OwnLimits(null, 5));
        new OwnLimitsChange(false, null, false, null).Raises(new OwnLimits(3, 5)).ShouldBeFalse();
    }
}
