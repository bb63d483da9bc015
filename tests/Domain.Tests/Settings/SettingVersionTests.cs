using Shouldly;
using WalletFunctions.Domain.Settings;
using Xunit;

namespace WalletFunctions.Domain.Tests.Settings;

public sealed class SettingVersionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 4, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly AccountId Ann = AccountId.Of("acc_a");
    private static readonly AccountId Bob = AccountId.Of("acc_b");

    [Fact]
    public void Nobody_approves_their_own_proposal()
    {
        Pending(1, Now.AddDays(1)).Approve(Ann, Now, TimeSpan.Zero).Error.ShouldBe(SettingErrors.SecondPersonRequired);
        var approved = Pending(1, Now.AddDays(1)).Approve(Bob, Now, TimeSpan.Zero).Value!;
        (approved.State, approved.EffectiveFrom, approved.DecidedBy, approved.DecidedAt).ShouldBe((VersionState.Approved, Now.AddDays(1), Bob, Now));
    }

    [Fact]
    public void Only_what_is_pending_is_decided_and_only_once()
    {
        var approved = Pending(1, null).Approve(Bob, Now, TimeSpan.Zero).Value!;
        approved.Approve(Bob, Now, TimeSpan.Zero).Error.ShouldBe(SettingErrors.VersionNotPending);
        approved.Reject(Bob, Now).Error.ShouldBe(SettingErrors.VersionNotPending);
        Pending(1, null).Reject(Ann, Now).Value!.State.ShouldBe(VersionState.Rejected, "whoever proposed it may take it back");
    }

    [Fact]
    public void What_must_be_announced_is_approved_in_time_or_not_at_all()
    {
        var version = Pending(1, Now + Month);
        version.CheckNotice(Now, Month).ShouldBeNull("the moment itself is in time");
        version.Approve(Bob, Now, Month).Value!.EffectiveFrom.ShouldBe(Now + Month);
        version.Approve(Bob, Now.AddTicks(1), Month).Error!.Code.ShouldBe("notice_too_short");
        Pending(1, null).Approve(Bob, Now, Month).Value!.EffectiveFrom.ShouldBe(Now + Month, "left open, it is the soonest moment");
    }

    [Fact]
    public void What_needs_no_announcement_still_leaves_the_hosts_time_to_hear_of_it()
    {
        Pending(1, null).Approve(Bob, Now, TimeSpan.Zero).Value!.EffectiveFrom.ShouldBe(Now + SettingVersion.Spread);
        Pending(1, Now.AddSeconds(1)).Approve(Bob, Now, TimeSpan.Zero).Value!.EffectiveFrom.ShouldBe(Now + SettingVersion.Spread);
        Pending(1, Now.AddSeconds(-1)).Approve(Bob, Now, TimeSpan.Zero).Error!.Code.ShouldBe("notice_too_short", "nothing counts for what has been");
    }

    [Fact]
    public void A_version_counts_from_its_very_moment_until_the_next_one_does()
    {
        var timeline = new SettingTimeline(SettingVersion.BuiltIn("0"), [Approved(2, Now.AddDays(2)), Pending(3, Now), Approved(1, Now)]);
        timeline.At(Now.AddTicks(-1)).Number.ShouldBe(0);
        timeline.At(Now).Number.ShouldBe(1);
        timeline.At(Now.AddDays(2).AddTicks(-1)).Number.ShouldBe(1);
        timeline.At(Now.AddDays(2)).Number.ShouldBe(2);
        timeline.At(Now.AddYears(50)).Number.ShouldBe(2);
        timeline.After(Now.AddTicks(-1)).Select(version => version.Number).ShouldBe([1, 2]);
        timeline.After(Now).Select(version => version.Number).ShouldBe([2]);
    }

    [Fact]
    public void A_later_version_for_the_same_moment_replaces_an_announced_one()
    {
        var timeline = new SettingTimeline(SettingVersion.BuiltIn("0"), [Approved(1, Now), Approved(2, Now)]);
        timeline.At(Now).Number.ShouldBe(2);
        timeline.After(Now.AddDays(-1)).Select(version => version.Number).ShouldBe([2]);
    }

    private static SettingVersion Pending(int number, DateTimeOffset? from) => new(number, VersionState.Pending, from, "{}", null, Ann, Now);

    private static SettingVersion Approved(int number, DateTimeOffset from) => Pending(number, from) with { State = VersionState.Approved, DecidedBy = Bob, DecidedAt = Now };
}
