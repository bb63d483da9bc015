using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Workflows;

namespace WalletFunctions.Withdrawals;

/// <summary>A withdrawal, as the operations handbook would tell it. The instance's id is the withdrawal's.</summary>
public static class WithdrawalOrchestrator
{
    /// <summary>The event that says "the bank has spoken, or the customer has: read the row". Safe to lose, repeat or reorder.</summary>
    public const string Doorbell = "look";

    private const int RoundsPerRun = 20;

    /// <summary>How soon a review that could not be put into its queue is tried again.</summary>
    private static readonly TimeSpan ListAgain = TimeSpan.FromMinutes(1);

    [Function(nameof(WithdrawalOrchestrator))]
    public static async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var run = context.GetInput<WithdrawalRun>()!;

        // One waiter for the whole run: a waiter given up would swallow the next event.
        var doorbell = context.WaitForExternalEvent<string>(Doorbell);

        var length = new RunLength(RoundsPerRun, run.CountsFailures);

        // The order leaves once; if it left before, the bank is asked instead; if a person must look at it first, it waits.
        var standing = await StepAsync(context, nameof(WithdrawalActivities.SubmitPayout), run, length);
        var round = run.Round;
        for (; standing.IsOpen && length.TakeRound(); round++)
        {
            var now = new DateTimeOffset(context.CurrentUtcDateTime, TimeSpan.Zero);
            if (standing.ReviewUntil is { } reviewUntil)
            {
                // Decided, cancelled or out of time, which the step after it finds out; it leaves if it was approved.
                standing = await StepAsync(context, nameof(WithdrawalActivities.OpenReview), run, length, standing);
                if (await RingsBeforeAsync(context, doorbell, standing.IsListed || reviewUntil < now + ListAgain ? reviewUntil : now + ListAgain))
                {
                    doorbell = context.WaitForExternalEvent<string>(Doorbell);
                }

                standing = await StepAsync(context, nameof(WithdrawalActivities.SubmitPayout), run, length, standing);
                continue;
            }

            var promisedBy = standing.PromisedBy ?? run.PromisedBy;
            if (now > promisedBy && !standing.Overdue)
            {
                // The bank was asked a moment ago and did not know: the customer and support hear it now. The money stays held.
                standing = await StepAsync(context, nameof(WithdrawalActivities.ReportOverdue), run, length, standing);
            }

            if (await RingsBeforeAsync(context, doorbell, BankPatience.NextQuestion(round, now, promisedBy)))
            {
                doorbell = context.WaitForExternalEvent<string>(Doorbell);
                standing = await StepAsync(context, nameof(WithdrawalActivities.BookOutcome), run, length, standing);
            }
            else
            {
                // No callback: ask the bank, and book what it answers. What it never got is sent again, under the same payout id.
                standing = await StepAsync(context, nameof(WithdrawalActivities.AskBank), run, length, standing);
            }
        }

        if (standing.IsOpen)
        {
            context.ContinueAsNew(run with { Round = round, Told = standing.Told });
        }

        return standing.Status;
    }

    /// <summary>One named step. A fault that outlives its retries leaves the withdrawal as it stood, for the next round.</summary>
    private static async Task<Standing> StepAsync(TaskOrchestrationContext context, string activity, WithdrawalRun run, RunLength length, Standing? before = null)
    {
        try
        {
            return await context.CallActivityAsync<Standing>(activity, run with { Told = before?.Told ?? run.Told }, Retry.Storage);
        }
        catch (TaskFailedException)
        {
            length.TakeFailure();
            return before ?? new Standing(WithdrawalStatus.Reserved.Name(), IsOpen: true, Overdue: false, run.Told);
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
