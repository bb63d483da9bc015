using Shouldly;
using WalletFunctions.Domain.Identity;
using Xunit;

namespace Domain.Tests.Identity;

public sealed class OneTimeCodeTests
{
    private static readonly DateTimeOffset Sent = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_right_code_in_time_is_right_and_only_for_what_it_was_used_for()
    {
        var code = OneTimeCode.SentAt(Sent);
        code.Judge(matches: true, "a", Sent.AddMinutes(4)).ShouldBe(CodeVerdict.Right);
        var used = code.Use("a");
        used.IsOpen(Sent).ShouldBeFalse();
        used.Judge(matches: true, "a", Sent.AddDays(1)).ShouldBe(CodeVerdict.Right);
        used.Judge(matches: true, "b", Sent).ShouldBe(CodeVerdict.Expired);
        used.Judge(matches: false, "a", Sent).ShouldBe(CodeVerdict.Expired);
    }

    [Fact]
    public void It_dies_at_five_minutes_sharp()
    {
        var code = OneTimeCode.SentAt(Sent);
        code.Judge(matches: true, "a", (Sent + OneTimeCode.Lifetime).AddTicks(-1)).ShouldBe(CodeVerdict.Right);
        code.Judge(matches: true, "a", Sent + OneTimeCode.Lifetime).ShouldBe(CodeVerdict.Expired);
    }

    [Fact]
    public void Five_wrong_tries_use_it_up_and_the_sixth_is_refused_even_if_right()
    {
        var code = OneTimeCode.SentAt(Sent);
        for (var i = 0; i < OneTimeCode.Tries; i++)
        {
            code.IsOpen(Sent).ShouldBeTrue();
            code.Judge(matches: false, "a", Sent).ShouldBe(CodeVerdict.Wrong);
            code = code.Fail();
        }

        code.IsOpen(Sent).ShouldBeFalse();
        code.Judge(matches: true, "a", Sent).ShouldBe(CodeVerdict.Exhausted);
    }

    [Theory]
    [InlineData(ChallengePurpose.Register)]
    [InlineData(ChallengePurpose.Login)]
    [InlineData(ChallengePurpose.Reset)]
    [InlineData(ChallengePurpose.Confirm)]
    [InlineData(ChallengePurpose.Unlock)]
    public void A_message_names_its_code_and_what_it_is_for(ChallengePurpose purpose)
    {
        var text = CodeMessage.Of("123456", purpose, about: null);
        text.Zh.ShouldContain("123456");
        text.En.ShouldContain("123456");
        CodeMessage.Of("123456", purpose, new("向 *明 支付 1.00 元", "paying 1.00 CNY")).Zh.ShouldContain("向 *明 支付 1.00 元");
        CodeMessage.Of("123456", ChallengePurpose.Login, about: null).Zh.ShouldNotBe(CodeMessage.Of("123456", ChallengePurpose.Confirm, about: null).Zh);
    }
}
