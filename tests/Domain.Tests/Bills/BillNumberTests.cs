using Shouldly;
using WalletFunctions.Domain.Bills;
using Xunit;

namespace WalletFunctions.Domain.Tests.Bills;

public sealed class BillNumberTests
{
    [Theory]
    [InlineData(BillNumberCheck.Luhn, "79927398713", true)]
    [InlineData(BillNumberCheck.Luhn, "79927398710", false)]
    [InlineData(BillNumberCheck.Mod11, "07945", true)]
    [InlineData(BillNumberCheck.Mod11, "07946", false)]
    [InlineData(BillNumberCheck.Mod97, "79444", true)]
    [InlineData(BillNumberCheck.Mod97, "79445", false)]
    [InlineData(BillNumberCheck.None, "12345", true)]
    [InlineData(BillNumberCheck.None, "12345x", false)]
    [InlineData(BillNumberCheck.None, "１２３４５", false)]
    [InlineData(BillNumberCheck.None, "1234", false)]
    [InlineData(BillNumberCheck.None, "123456789012", false)]
    public void A_number_fits_only_with_its_length_and_its_check(BillNumberCheck check, string number, bool fits) =>
        new BillNumberFormat(5, 11, null, check).Fits(number).ShouldBe(fits);

    [Fact]
    public void Every_single_wrong_digit_is_found()
    {
        foreach (var check in new[] { BillNumberCheck.Luhn, BillNumberCheck.Mod11, BillNumberCheck.Mod97 })
        {
            var format = new BillNumberFormat(12, 12, "42", check);
            for (var seed = 0; seed < 50; seed++)
            {
                var number = format.Example(seed * 7919);
                format.Fits(number).ShouldBeTrue(number);
                for (var at = 2; at < number.Length; at++)
                {
                    var other = (char)('0' + ((number[at] - '0' + 1 + (seed % 9)) % 10));
                    format.Fits(number[..at] + other + number[(at + 1)..]).ShouldBeFalse($"{check} {number} with {other} at {at}");
                }
            }
        }
    }

    [Fact]
    public void A_biller_takes_only_its_own_numbers_while_it_is_active_and_up_to_its_maximum()
    {
        var format = new BillNumberFormat(5, 5, null, BillNumberCheck.Mod97);
        var biller = new Biller(BillerId.Of("blr_x"), new("水", "Water"), BillerKind.Water, BillerStatus.Active, format, WalletId.Of("wal_x"), default) { MaxPerBill = Money.Fen(100) };
        biller.Takes("79444", Money.Fen(100)).ShouldBeNull();
        biller.Takes("79445", Money.Fen(100))!.Code.ShouldBe("bill_number_invalid");
        biller.Takes("79444", Money.Fen(101))!.Code.ShouldBe("bill_amount_too_large");
        (biller with { Status = BillerStatus.Suspended }).Takes("79444", Money.Fen(1))!.Code.ShouldBe("biller_suspended");
    }
}
