using System.Text.Json;
using Microsoft.DurableTask;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Refunds;
using WalletFunctions.Withdrawals;
using Xunit;

namespace Functions.Tests.Workflows.Histories;

/// <summary>The platform reads the whole history at every turn: however long people and banks take, a run of the app's orchestrators stays short.</summary>
public sealed class HistoryLengthTests
{
    private const int MostEvents = 200;

    /// <summary>Where steps fail for good; as docs/durable.md says.</summary>
    private const int MostEventsOfFailures = 250;

    private const int MostEventsOfOldFailures = 1600;

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Thirty working days are six weeks.</summary>
    private static readonly DateTimeOffset End = Start.AddDays(42);

    /// <summary>The moments at which somebody speaks: the doorbell is rung.</summary>
    private static readonly DateTimeOffset[] Spoken = [.. new double[] { 0.8, 13, 15, 17, 20, 24 }.Select(day => Start.AddDays(day))];

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_withdrawal_that_is_reviewed_for_a_day_and_waits_thirty_working_days_for_its_bank_stays_under_200_events_a_run(int everyHowManyStepsOneFails)
    {
        var told = false;
        var play = new Played(WithdrawalOrchestrator.RunAsync, WithdrawalOrchestrator.Doorbell, everyHowManyStepsOneFails, (activity, now) => new Standing(
            "processing",
            IsOpen: now < End,
            Overdue: told |= activity == nameof(WithdrawalActivities.ReportOverdue),
            ReviewUntil: now < Spoken[0] ? Start.AddDays(1) : null,
            IsListed: activity == nameof(WithdrawalActivities.OpenReview),
            PromisedBy: Start.AddDays(4)));

        play.Run(new WithdrawalRun("wal_1", "wdr_1", Start.AddDays(3), CountsFailures: true)).ShouldBeGreaterThanOrEqualTo(End);

        play.Runs.ShouldBeGreaterThan(40);
        play.Longest.ShouldBeLessThan(MostEvents);
        play.Steps.ShouldContain(nameof(WithdrawalActivities.OpenReview));
        play.Steps.ShouldContain(nameof(WithdrawalActivities.ReportOverdue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void A_refund_with_reminders_reviews_evidence_an_appeal_and_weeks_without_funds_stays_under_200_events_a_run(int everyHowManyStepsOneFails)
    {
        var play = new Played(RefundOrchestrator.RunAsync, RefundOrchestrator.Doorbell, everyHowManyStepsOneFails, Refunding);

        play.Run(new RefundRun("wal_1", "rfd_1", CountsFailures: true)).ShouldBeGreaterThanOrEqualTo(End);

        play.Runs.ShouldBeGreaterThan(20);
        play.Longest.ShouldBeLessThan(MostEvents);
        string[] steps =
        [
            nameof(RefundActivities.RemindMerchant), nameof(RefundActivities.EndMerchantsTime), nameof(RefundActivities.EscalateReview),
            nameof(RefundActivities.LookAtRefund), nameof(RefundActivities.PayRefund), nameof(RefundActivities.ReportMissingFunds),
        ];
        steps.Except(play.Steps, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, MostEventsOfFailures)]
    [InlineData(false, MostEventsOfOldFailures)]
    public void Runs_that_meet_nothing_but_failing_steps_for_a_day_are_given_up_sooner_unless_an_older_build_began_them(bool countsFailures, int most)
    {
        // The rows cannot be read for a day, while the platform goes on.
        static bool IsAway(DateTimeOffset now) => now > Start.AddDays(8.5) && now < Start.AddDays(9.5);
        var told = false;
        var withdrawal = new Played(WithdrawalOrchestrator.RunAsync, WithdrawalOrchestrator.Doorbell, 0, (activity, now) => new Standing(
            "processing", IsOpen: now < End, Overdue: told |= activity == nameof(WithdrawalActivities.ReportOverdue)), IsAway);
        withdrawal.Run(new WithdrawalRun("wal_1", "wdr_1", Start.AddDays(3), CountsFailures: countsFailures)).ShouldBeGreaterThanOrEqualTo(End);
        var refund = new Played(RefundOrchestrator.RunAsync, RefundOrchestrator.Doorbell, 0, Refunding, IsAway);
        refund.Run(new RefundRun("wal_1", "rfd_1", CountsFailures: countsFailures)).ShouldBeGreaterThanOrEqualTo(End);

        foreach (var play in new[] { withdrawal, refund })
        {
            play.Longest.ShouldBeInRange(countsFailures ? 0 : MostEvents, most);
            play.Last.ShouldBeLessThan(MostEvents);
        }
    }

    /// <summary>Asked on the first day; with support from the third; evidence wanted on the 13th, given on the 15th; denied on the 17th, appealed on the 20th, granted on the 24th; no money until the end.</summary>
    private static RefundStanding Refunding(string activity, DateTimeOffset now)
    {
        DateTimeOffset Next(DateTimeOffset from, TimeSpan step) => from + (step * (Math.Floor((now - from) / step) + 1));

        var asked = Start.AddDays(3);
        return Array.FindLastIndex(Spoken, moment => moment <= now) switch
        {
            _ when now < Start.AddHours(24) => Waits(RefundStatus.WithMerchant, RefundTimer.Reminder, Start.AddHours(24)),
            _ when now < Start.AddHours(66) => Waits(RefundStatus.WithMerchant, RefundTimer.Reminder, Start.AddHours(66)),
            _ when now < asked => Waits(RefundStatus.WithMerchant, RefundTimer.Merchant, asked),
            < 1 or 2 => Waits(RefundStatus.InReview, RefundTimer.Review, Next(asked, TimeSpan.FromHours(24))),
            1 => Waits(RefundStatus.EvidenceWanted, RefundTimer.Evidence, Spoken[1].AddDays(3)),
            3 => Waits(RefundStatus.Denied, RefundTimer.Appeal, Spoken[3].AddDays(7)),
            4 => Waits(RefundStatus.Appealed, RefundTimer.Review, Next(Spoken[4], TimeSpan.FromHours(24))),
            _ when activity == nameof(RefundActivities.LookAtRefund) && now < Spoken[5].AddMinutes(5) => Waits(RefundStatus.Approved, RefundTimer.NextStep, now.AddMinutes(5)),
            _ when now >= End => new RefundStanding(RefundStatus.Refunded.Name(), IsOver: true, nameof(RefundTimer.None), null),
            _ when activity == nameof(RefundActivities.PayRefund) && now >= Spoken[5].AddDays(3) && now < Spoken[5].AddDays(3).AddHours(1) =>
                Waits(RefundStatus.AwaitingFunds, RefundTimer.FundsSupport, now),
            _ => Waits(RefundStatus.AwaitingFunds, RefundTimer.Funds, now.AddHours(1)),
        };
    }

    private static RefundStanding Waits(RefundStatus status, RefundTimer timer, DateTimeOffset until) => new(status.Name(), IsOver: false, timer.ToString(), until);

    /// <summary>Plays an orchestrator turn by turn, as the platform does, over steps that answer at once.</summary>
    private sealed class Played(
        Func<TaskOrchestrationContext, Task<string>> orchestrator, string doorbell, int everyHowManyStepsOneFails, Func<string, DateTimeOffset, object> answer,
        Func<DateTimeOffset, bool>? isAway = null)
    {
        private readonly Queue<DateTimeOffset> rings = new(Spoken);
        private int steps;

        public int Runs { get; private set; }

        /// <summary>The events of the longest run. Officially each turn is closed by one too, and the run by one.</summary>
        public int Longest { get; private set; }

        /// <summary>The events of the last run.</summary>
        public int Last { get; private set; }

        public HashSet<string> Steps { get; } = new(StringComparer.Ordinal);

        /// <returns>When it ended.</returns>
        public DateTimeOffset Run(object input)
        {
            var now = Start;
            for (string? next = JsonSerializer.Serialize(input); next is not null; Runs++)
            {
                var history = new List<RecordedEvent> { new("TurnStarted", At: now.UtcDateTime), new("ExecutionStarted", Name: "Played", Data: next) };
                var turns = 1;
                for (string? output = null; ; turns++)
                {
                    (next, output, var asked) = HistoryReplay.Play("played", history, orchestrator);
                    history.AddRange(asked);
                    if (output is not null)
                    {
                        break;
                    }

                    var came = asked.Count > 0 && asked[^1].Kind == "TaskScheduled" ? Answer(asked[^1], now) : Wake(history, ref now);
                    history.AddRange([new RecordedEvent("TurnStarted", At: now.UtcDateTime), came]);
                }

                Last = history.Count + turns + 1;
                Longest = Math.Max(Longest, Last);
            }

            return now;
        }

        private RecordedEvent Answer(RecordedEvent step, DateTimeOffset now)
        {
            Steps.Add(step.Name!);
            return isAway?.Invoke(now) == true || (everyHowManyStepsOneFails > 0 && ++steps % everyHowManyStepsOneFails == 0)
                ? new RecordedEvent("TaskFailed", step.Id)
                : new RecordedEvent("TaskCompleted", step.Id, Data: JsonSerializer.Serialize(answer(step.Name!, now)));
        }

        private RecordedEvent Wake(List<RecordedEvent> history, ref DateTimeOffset now)
        {
            var timer = history.Last(line => line.Kind == "TimerCreated");
            var due = new DateTimeOffset(timer.At!.Value, TimeSpan.Zero);
            if (rings.TryPeek(out var ring) && ring < due)
            {
                now = rings.Dequeue();
                return new RecordedEvent("EventRaised", Name: doorbell, Data: "null");
            }

            now = due > now ? due : now;
            return new RecordedEvent("TimerFired", timer.Id);
        }
    }
}
