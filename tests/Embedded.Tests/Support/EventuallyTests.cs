using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Support;

public class EventuallyTests
{
    [Fact]
    public async Task It_waits_for_what_comes_late_and_survives_a_probe_that_throws_at_first()
    {
        var tries = 0;
        await Eventually.True("it came", () => ++tries > 2 || (tries == 1 ? throw new IOException() : false));
        tries.ShouldBe(3);
    }

    [Fact]
    public async Task It_says_what_never_came_true_and_why()
    {
        var failure = await Should.ThrowAsync<TimeoutException>(() => Eventually.True("pigs fly", bool () => throw new IOException("no wings"), TimeSpan.FromMilliseconds(20)));
        failure.Message.ShouldContain("pigs fly");
        failure.InnerException!.Message.ShouldBe("no wings");
    }
}
