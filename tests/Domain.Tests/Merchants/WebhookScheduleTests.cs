using System.Net;
using Shouldly;
using WalletFunctions.Domain.Merchants;
using Xunit;

namespace Domain.Tests.Merchants;

public sealed class WebhookScheduleTests
{
    private static readonly DateTimeOffset First = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void Pauses_grow_until_three_days_are_over_and_the_last_try_falls_on_their_end(double chance)
    {
        var (now, tries, pauses) = (First, 1, new List<TimeSpan>());
        while (WebhookSchedule.NextAfter(tries, First, now, chance) is { } next)
        {
            next.ShouldBeGreaterThan(now);
            pauses.Add(next - now);
            (now, tries) = (next, tries + 1);
        }

        now.ShouldBe(First + WebhookSchedule.Patience);
        tries.ShouldBeInRange(10, 20);
        pauses[0].ShouldBeLessThan(TimeSpan.FromSeconds(6));
        pauses.SkipLast(1).Zip(pauses.Skip(1).SkipLast(1)).ShouldAllBe(pair => pair.First <= pair.Second);
        WebhookSchedule.NextAfter(1, First, First + TimeSpan.FromDays(30), chance).ShouldBeNull("a host that slept too long gives up");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_endpoint_that_takes_nothing_is_tried_after_growing_pauses_and_at_the_end_of_its_patience(double chance)
    {
        var (now, failures, pauses) = (First, 1, new List<TimeSpan>());
        while (now < First + WebhookSchedule.Patience)
        {
            var next = WebhookSchedule.NextProbeAfter(failures++, First, now, chance);
            pauses.Add(next - now);
            now = next;
        }

        now.ShouldBe(First + WebhookSchedule.Patience);
        pauses.SkipLast(1).Zip(pauses.Skip(1).SkipLast(1)).ShouldAllBe(pair => pair.First <= pair.Second);
        WebhookSchedule.NextProbeAfter(failures, First, now, chance).ShouldBeGreaterThan(now, "what waits after that is tried on");
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("223.5.5.5", true)]
    [InlineData("2400:3200::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::7f00:1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_the_public_internet_is_called(string address, bool isPublic) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBe(isPublic);
}
