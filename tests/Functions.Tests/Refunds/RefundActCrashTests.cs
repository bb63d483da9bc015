using System.Globalization;
using System.Net;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using Xunit;
using Xunit.Abstractions;
using static Functions.Tests.Refunds.RefundActs;

namespace Functions.Tests.Refunds;

/// <summary>
/// The walk over every storage step of what is done to a refund: given up, denied, appealed against, granted, given evidence, left
/// without evidence or answer, short of money and then paid, terminated, asked for by an agent. From the n-th write on the host reaches
/// its storage no more, at every other n with that write done and only its answer lost; a fresh host takes over. The writes walked are
/// those of the act itself (keys, audit, intents, the book's transaction with refund, payment and claim), of the orchestration that
/// carries it on (its history and messages, the money's debit and credit), and of the telling (conversation, queue of reviews, notices,
/// webhooks, and the mark that all were told). However far it had come, it ends once, the money is right, and each is told each thing once.
/// </summary>
public sealed class RefundActCrashTests(ITestOutputHelper output)
{
    /// <summary>Set to <c>whole</c>, no step of any act is left out.</summary>
    private const string Walk = "CRASH_WALK";

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable(Walk) == "whole";
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task What_is_done_to_a_refund_and_abandoned_at_any_storage_step_is_done_once()
    {
        // Lanes side by side, each a host with a storage of its own. Where days pass, nothing that came before may wait any more.
        var steps = await Task.WhenAll(WalkAsync(Withdraw, Lapse, Evidence), WalkAsync(Appeal, Deny, OnBehalf), WalkAsync(Fill, RunShort), WalkAsync(Terminate, Approve, Silence, SilenceOnMuch));
        output.WriteLine($"Writes until done, by act: {string.Join(", ", steps.SelectMany(lane => lane))}");
    }

    private static async Task<IReadOnlyList<string>> WalkAsync(params Act[] acts)
    {
        await using var lane = await RefundLane.OpenAsync();
        var lengths = new List<string>();
        foreach (var act in acts)
        {
            var length = await WalkAsync(lane, act);
            lengths.Add(string.Create(CultureInfo.InvariantCulture, $"{act.Name} {length}"));
        }

        await lane.ShouldHaveToldOnceAsync();
        await lane.ShouldBeInOrderAsync();
        return lengths;
    }

    /// <summary>Walks the steps from 1 on as far as the act's own writes go, or until it has its end before its n-th write.</summary>
    private static async Task<int> WalkAsync(RefundLane lane, Act act)
    {
        var (_, length) = await TakeAsync(lane, act, int.MaxValue);
        var isDone = false;
        for (var step = 1; !isDone && step <= length; step += IsWhole ? 1 : act.Stride)
        {
            (isDone, _) = await TakeAsync(lane, act, step);
        }

        return length;
    }

    /// <summary>Does it once, to a refund of its own, and cuts the storage off at a step.</summary>
    /// <returns>Whether all was done before the cut, and after how many writes the act's own part was.</returns>
    private static async Task<(bool IsDone, int Writes)> TakeAsync(RefundLane lane, Act act, int step)
    {
        var what = $"{act.Name} after a cut at storage call {step}";
        var payment = await act.Prepare(lane);
        var (customer, merchant) = await lane.WalletsAsync();
        var own = 0;
        var (isDone, writes, _) = await lane.CutAsync(step, () => act.Say(lane, payment, KeyOf(act, step)), async () =>
        {
            own = own == 0 && await lane.FindAsync(payment) is { } now && now.Told >= act.Own ? lane.Writes : own;
            return await lane.IsAsync(payment, act.End);
        }, Quiet);
        if (!isDone)
        {
            var again = await RefundLane.TryAsync(() => act.Say(lane, payment, act.KeepsItsKey ? KeyOf(act, step) : KeyOf(act, step) + "-again"));
            (again is { Status: HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted }
                || (!act.KeepsItsKey && again is { Status: HttpStatusCode.Conflict or HttpStatusCode.UnprocessableContent })).ShouldBeTrue($"{what}: {again}");
            await lane.AdvanceAsync(act.Later);
        }

        var refund = await lane.UntilAsync(payment, act.End);
        refund.Timeline.Select(line => line.Event).ShouldBe(act.Story, what);
        (await lane.StateAsync(payment)).ShouldBe(refund.Status switch
        {
            RefundStatus.Refunded => (0, 0, payment.Fen),
            var status when status.Reserves() => (0, payment.Fen, 0),
            _ => (payment.Fen, 0, 0),
        }, what);
        var moved = (refund.Status == RefundStatus.Refunded ? payment.Fen : 0) - (act.PaysAgain ? payment.Fen : 0);
        (await lane.WalletsAsync()).ShouldBe((customer + moved, merchant - moved), what);
        if (refund.IsOver)
        {
            await lane.UntilRuntimeAsync(refund.Id.Value, "completed", "terminated");
        }

        lane.Note(refund, act);
        if (act.End is RefundStatus.AwaitingFunds or RefundStatus.InReview)
        {
            // What the next ones bring to the merchant's book must not pay this one, nor the days that they take be its own.
            await lane.EndAsync(refund, KeyOf(act, step));
        }

        return (isDone, own > 0 ? own : writes);
    }

    private static string KeyOf(Act act, int step) => string.Create(CultureInfo.InvariantCulture, $"{act.Name}-{step}");
}
