using System.Runtime.ExceptionServices;
using Microsoft.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>Repeats a call inside the orchestrator, with durable timers between (RetryInterceptor.cs in durabletask).</summary>
internal static class Retries
{
    /// <summary>Marks, in an exception's data, a failure that no retry can mend.</summary>
    public const string Final = "durable.final";

    public static async Task<string?> ByPolicy(ReplayContext context, RetryPolicy policy, Func<Task<string?>> call)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            TaskFailedException failure;
            try
            {
                return await call();
            }
            catch (TaskFailedException e) when (!IsFinal(e))
            {
                failure = e;
            }
            var isLast = attempt == policy.MaxNumberOfAttempts;
            if (isLast || (IsHandled(policy, failure) && InTime(context, policy, first)))
            {
                // After the last attempt too, at once: the official history has that timer.
                var delay = isLast ? TimeSpan.Zero : Delay(policy, attempt);
                await context.CreateTimer(context.CurrentUtcDateTime.Add(delay), CancellationToken.None);
                if (!isLast) continue;
            }
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    public static async Task<string?> ByHandler(ReplayContext context, AsyncRetryHandler handler, Func<Task<string?>> call)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e) when (!IsFinal(e))
            {
                var failure = e.FailureDetails ?? new("(unknown)", "(unknown)", null, null, null);
                if (!await handler(new(context, attempt, failure, context.CurrentUtcDateTime - first, CancellationToken.None))) throw;
            }
        }
    }

    private static bool IsFinal(TaskFailedException e) => e.Data.Contains(Final);

    private static bool IsHandled(RetryPolicy policy, TaskFailedException e)
    {
        try
        {
            return policy.Handle(e);
        }
        catch (Exception)
        {
            // The app's judgement failed: the task's own failure is the one to be told.
            return false;
        }
    }

    private static bool InTime(ReplayContext context, RetryPolicy policy, DateTime first)
        => policy.RetryTimeout == Timeout.InfiniteTimeSpan || context.CurrentUtcDateTime < first + policy.RetryTimeout;

    private static TimeSpan Delay(RetryPolicy policy, int attempt)
    {
        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return policy.MaxRetryInterval == Timeout.InfiniteTimeSpan || milliseconds < policy.MaxRetryInterval.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : policy.MaxRetryInterval;
    }
}
