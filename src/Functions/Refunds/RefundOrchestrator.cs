using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Workflows;

namespace WalletFunctions.Refunds;

/// <summary>A refund, as the operations handbook would tell it. The instance's id is the refund's.</summary>
public static class RefundOrchestrator
{
    /// <summary>The event that says "somebody has spoken: read the row". Safe to lose, repeat or reorder.</summary>
    public const string Doorbell = "look";

    private const int RoundsPerRun = 20;

    /// <summary>Storage that is busy or away for a moment. Longer than that, the step is tried again after a pause.</summary>
    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 5, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 3));

    [Function(nameof(RefundOrchestrator))]
    public static async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<RefundRun>()!;

        // One waiter for the whole run: a waiter given up would swallow the next event.
        var doorbell = context.WaitForExternalEvent<string>(Doorbell);

        var length = new RunLength(RoundsPerRun, run.CountsFailures);

        // Support sees the case from the first day; the merchant is asked.
        var standing = await StepAsync(context, run.Round == 0 ? nameof(RefundActivities.OpenRefund) : nameof(RefundActivities.LookAtRefund), run, length, before: null);
        var rounds = 0;
        for (; !standing.IsOver && length.TakeRound(); rounds++)
        {
            if (standing.Status == RefundStatus.Approved.Name() && standing.Waits == nameof(RefundTimer.NextStep))
            {
                // Granted, by whomever: the money moves at once.
                standing = await StepAsync(context, nameof(RefundActivities.PayRefund), run, length, standing);
            }
            else if (await RingsBeforeAsync(context, doorbell, standing.Until ?? Now(context)))
            {
                // The merchant, support or the customer has spoken.
                doorbell = context.WaitForExternalEvent<string>(Doorbell);
                standing = await StepAsync(context, nameof(RefundActivities.LookAtRefund), run, length, standing);
            }
            else
            {
                standing = await StepAsync(context, EndingOf(standing.Waits), run, length, standing);
            }
        }

        if (!standing.IsOver)
        {
            context.ContinueAsNew(run with { Round = run.Round + rounds });
        }

        return standing.Status;
    }

    /// <summary>What is done when nobody has spoken in time.</summary>
    private static string EndingOf(string waits) => waits switch
    {
        nameof(RefundTimer.Reminder) => nameof(RefundActivities.RemindMerchant),

        // Silence goes to support; below an amount it is a yes.
        nameof(RefundTimer.Merchant) => nameof(RefundActivities.EndMerchantsTime),

        // Nothing is decided by that: the case becomes urgent.
        nameof(RefundTimer.Review) => nameof(RefundActivities.EscalateReview),

        // The reservation is given back; the customer may ask anew.
        nameof(RefundTimer.Evidence) => nameof(RefundActivities.LapseWithoutEvidence),

        // The merchant's book is asked again, for as long as it takes.
        nameof(RefundTimer.Funds) => nameof(RefundActivities.PayRefund),
        nameof(RefundTimer.FundsSupport) => nameof(RefundActivities.ReportMissingFunds),
        nameof(RefundTimer.Appeal) => nameof(RefundActivities.CloseAppeal),

        // A step that could not be made: the row says which.
        _ => nameof(RefundActivities.OpenRefund),
    };

    private static DateTimeOffset Now(TaskOrchestrationContext context) => new(context.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>One named step. A fault that outlives its retries leaves the refund as it stood, and is followed by a pause.</summary>
    private static async Task<RefundStanding> StepAsync(TaskOrchestrationContext context, string activity, RefundRun run, RunLength length, RefundStanding? before)
    {
        try
        {
            return await context.CallActivityAsync<RefundStanding>(activity, run, Retry);
        }
        catch (TaskFailedException)
        {
            length.TakeFailure();
            return new RefundStanding(before?.Status ?? RefundStatus.Requested.Name(), IsOver: false, nameof(RefundTimer.None), Now(context) + RefundTimers.StepPause);
        }
    }

    private static async Task<bool> RingsBeforeAsync(TaskOrchestrationContext context, Task<string> doorbell, DateTimeOffset deadline)
    {
        using var timerEnd = new CancellationTokenSource();
        var timer = context.CreateTimer(deadline.UtcDateTime, timerEnd.Token);
        if (await Task.WhenAny(doorbell, timer) != doorbell)
        {
            return false;
        }

        timerEnd.Cancel(); // not CancelAsync: continuations must stay on the orchestrator's own thread
        return true;
    }
}
