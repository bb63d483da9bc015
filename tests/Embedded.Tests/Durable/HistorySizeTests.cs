using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Rehearsal;

namespace Embedded.Tests.Durable;

/// <summary>How long the history of an orchestration gets that waits for a bank as the app's do (docs/durable.md).</summary>
public sealed class HistorySizeTests
{
    /// <summary>The platform reads the whole history at every turn.</summary>
    private const int MostEvents = 200;

    private const int RoundsPerRun = 20;

    /// <summary>Thirty working days are six weeks.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromDays(42);

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(1), backoffCoefficient: 2));

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Waiting_for_thirty_working_days_stays_under_200_events(int everyHowManyStepsOneFails)
    {
        var (now, input, longest, runs) = (Start, "0", 0, 0);
        while (now < Start + Wait)
        {
            var play = new Rehearsal(AskingAsync, int.Parse(input)) { Now = now };
            var (result, turns, steps) = (play.Turn(), 1, 0);
            for (; result.Next is null; turns++)
            {
                var asked = result.Asked.Single();
                if (asked.Kind == EventKind.TimerCreated) play.Now = asked.At!.Value;
                result = asked.Kind switch
                {
                    EventKind.TimerCreated => play.Turn(Fired(asked.Id!.Value)),
                    _ when everyHowManyStepsOneFails > 0 && ++steps % everyHowManyStepsOneFails == 0 => play.Turn(Broke(asked.Id!.Value, new TimeoutException())),
                    _ => play.Turn(Done(asked.Id!.Value, "open")),
                };
            }
            // Officially each turn is closed by an event too, and the run by one.
            longest = Math.Max(longest, play.History.Count + turns + 1);
            (now, input, runs) = (play.Now, result.Next.Value.Input!, runs + 1);
        }
        runs.ShouldBeGreaterThan(40);
        longest.ShouldBeLessThan(MostEvents);
    }

    /// <summary>The shape of the app's orchestrators: a doorbell or a timer wakes, a step reads what is stored, twenty rounds a run.</summary>
    private static async Task<object?> AskingAsync(TaskOrchestrationContext context)
    {
        var first = context.GetInput<int>();
        var doorbell = context.WaitForExternalEvent<string>("look");
        var standing = await context.CallActivityAsync<string>("Submit", options: Retry);
        for (var round = first; standing == "open" && round < first + RoundsPerRun; round++)
        {
            using var timerEnd = new CancellationTokenSource();
            // From half a minute to four hours until the promised day, every hour after it.
            var pause = TimeSpan.FromSeconds(30) * (1 << Math.Min(round, 9));
            var timer = context.CreateTimer(pause < TimeSpan.FromHours(1) ? pause : TimeSpan.FromHours(1), timerEnd.Token);
            if (await Task.WhenAny(doorbell, timer) == doorbell)
            {
                timerEnd.Cancel();
                doorbell = context.WaitForExternalEvent<string>("look");
            }
            standing = await context.CallActivityAsync<string>("Ask", options: Retry);
        }
        context.ContinueAsNew(first + RoundsPerRun);
        return null;
    }
}
