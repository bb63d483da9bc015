using System.Text;
using Shouldly;
using WalletFunctions.Domain.Identity;
using Xunit;

namespace Domain.Tests.Identity;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("13800000001", "+8613800000001")]
    [InlineData("138 0000-0001", "+8613800000001")]
    [InlineData("8613800000001", "+8613800000001")]
    [InlineData("+8613800000001", "+8613800000001")]
    [InlineData("008613800000001", "+8613800000001")]
    [InlineData(" 8613800000001", "+8613800000001")]
    [InlineData("+44 20 7946 0958", "+442079460958")]
    public void A_telephone_number_has_one_form_however_it_is_typed(string typed, string stored)
    {
        PhoneNumber.TryParse(typed, out var phone).ShouldBeTrue();
        phone.Value.ShouldBe(stored);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1380000000")]
    [InlineData("138000000012")]
    [InlineData("12800000001")]
    [InlineData("+8612800000001")]
    [InlineData("442079460958")]
    [InlineData("+0123456789")]
    [InlineData("+1234567")]
    [InlineData("１３８００００００００１")]
    [InlineData("1380000000a")]
    public void What_is_no_telephone_number_is_refused(string? typed) => PhoneNumber.TryParse(typed, out _).ShouldBeFalse();

    [Fact]
    public void A_telephone_number_is_never_written_in_full_by_accident() =>
        $"{new PhoneNumber("+8613800000001")}".ShouldBe("+86138****0001");

    [Theory]
    [InlineData("4111 1111 1111 1111", "1111")]
    [InlineData("6222020200112230127", null)]
    [InlineData("4111111111111112", null)]
    [InlineData("411111111111111", null)]
    [InlineData("41111111111111111111", null)]
    [InlineData("", null)]
    public void A_card_number_has_16_to_19_digits_and_a_right_check_digit(string typed, string? last4)
    {
        CardNumber.TryParse(typed, out var number).ShouldBe(last4 is not null);
        if (last4 is not null)
        {
            number.Last4.ShouldBe(last4);
            number.ToString().ShouldBe("**** " + last4);
        }
    }

    [Fact]
    public void One_wrong_digit_or_two_swapped_ones_are_found()
    {
        const string Good = "4111111111111111";
        for (var i = 0; i < Good.Length; i++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var changed = Good[..i] + digit + Good[(i + 1)..];
                CardNumber.TryParse(changed, out _).ShouldBe(changed == Good);
            }
        }

        CardNumber.TryParse("1411111111111111", out _).ShouldBeFalse();
    }

    /// <summary>RFC 6238, appendix B, SHA-1: its codes have 8 digits, of which ours are the last 6.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string code)
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Totp.CodeAt(secret, Totp.StepAt(now)).ShouldBe(code);
        Totp.Verify(secret, code, now, lastStep: 0).ShouldBe(Totp.StepAt(now));
    }

    [Fact]
    public void A_code_is_good_for_one_step_of_drift_and_once()
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 10, TimeSpan.Zero);
        var code = Totp.CodeAt(secret, Totp.StepAt(now));
        foreach (var (drift, good) in new[] { (-60, false), (-30, true), (0, true), (30, true), (60, false) })
        {
            (Totp.Verify(secret, code, now.AddSeconds(drift), lastStep: 0) is not null).ShouldBe(good, $"{drift} s");
        }

        Totp.Verify(secret, code, now, Totp.StepAt(now)).ShouldBeNull();
        Totp.Verify(secret, "12345", now, 0).ShouldBeNull();
        Totp.Verify(secret, "", now, 0).ShouldBeNull();
    }

    [Fact]
    public void The_fifth_failure_within_a_quarter_of_an_hour_locks_for_as_long()
    {
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var failures = SignInFailures.None;
        for (var i = 0; i < 4; i++)
        {
            failures = failures.Fail(now.AddMinutes(i));
            failures.LockedFor(now.AddMinutes(i)).ShouldBeNull();
        }

        failures = failures.Fail(now.AddMinutes(4));
        failures.LockedFor(now.AddMinutes(4)).ShouldBe(TimeSpan.FromMinutes(15));
        failures.LockedFor(now.AddMinutes(19)).ShouldBeNull();
        failures.Fail(now.AddMinutes(20)).Count.ShouldBe(1);
    }

    [Fact]
    public void Failures_far_apart_do_not_add_up()
    {
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var failures = SignInFailures.None;
        for (var i = 0; i < 20; i++)
        {
            failures = failures.Fail(now.AddMinutes(i * 16));
            failures.LockedUntil.ShouldBeNull();
        }
    }

    [Fact]
    public void A_refresh_token_is_answered_by_its_place_in_the_chain()
    {
        var now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var chain = new RefreshChain(1, now, now + RefreshChain.Lifetime, IsRevoked: false).Rotate(now).Rotate(now);
        chain.Generation.ShouldBe(3);
        chain.Decide(3, now).ShouldBe(RefreshDecision.Rotate);
        chain.Decide(2, now + RefreshChain.Grace).ShouldBe(RefreshDecision.Repeat);
        chain.Decide(2, now + RefreshChain.Grace + TimeSpan.FromTicks(1)).ShouldBe(RefreshDecision.Reuse);
        chain.Decide(1, now).ShouldBe(RefreshDecision.Reuse);
        chain.Decide(4, now).ShouldBe(RefreshDecision.Ended);
        chain.Decide(3, now + RefreshChain.Lifetime).ShouldBe(RefreshDecision.Ended);
        (chain with { IsRevoked = true }).Decide(3, now).ShouldBe(RefreshDecision.Ended);
    }

    [Theory]
    [InlineData("王小明", "王 小明", true)]
    [InlineData("阿依古丽·买买提", "阿依古丽•买买提", true)]
    [InlineData("John Smith", "JOHN SMITH", true)]
    [InlineData("王小明", "王小红", false)]
    public void Names_are_compared_as_banks_write_them(string left, string right, bool same) => PersonName.Same(left, right).ShouldBe(same);

    [Theory]
    [InlineData("王小明", "*小明")]
    [InlineData("张三", "*三")]
    [InlineData("王", "*")]
    [InlineData("", "*")]
    [InlineData("John Smith", "J*** S***")]
    [InlineData("𠮷田", "*田")]
    public void A_masked_name_hides_what_it_is_looked_up_by(string name, string masked) => PersonName.Mask(name).ShouldBe(masked);
}
