using Shouldly;
using Xunit;

namespace WalletFunctions.Domain.Tests.Amounts;

public class MoneyTests
{
    [Theory]
    [InlineData(0, "0.00 CNY")]
    [InlineData(5, "0.05 CNY")]
    [InlineData(1050, "10.50 CNY")]
    [InlineData(-7, "-0.07 CNY")]
    [InlineData(-12345, "-123.45 CNY")]
    public void Money_reads_as_people_write_it(long fen, string text) => Money.Fen(fen).ToString().ShouldBe(text);

    [Fact]
    public void Sums_are_exact() => (Money.Fen(1) + Money.Fen(2) - Money.Fen(3)).ShouldBe(Money.Zero(Currency.Cny));

    [Fact]
    public void Overflow_throws_instead_of_wrapping() =>
        Should.Throw<OverflowException>(() => Money.Fen(long.MaxValue) + Money.Fen(1));

    [Fact]
    public void Money_without_a_currency_takes_part_in_nothing() =>
        Should.Throw<InvalidOperationException>(() => default(Money) + Money.Fen(1));

    [Fact]
    public void Comparison_is_by_amount()
    {
        (Money.Fen(1) < Money.Fen(2)).ShouldBeTrue();
        (Money.Fen(2) >= Money.Fen(2)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("CNY", true)]
    [InlineData("USD", true)]
    [InlineData("cny", false)]
    [InlineData("XXX", false)]
    [InlineData(null, false)]
    public void Only_known_currencies_are_read(string? text, bool known) => Currency.TryParse(text, out _).ShouldBe(known);
}
