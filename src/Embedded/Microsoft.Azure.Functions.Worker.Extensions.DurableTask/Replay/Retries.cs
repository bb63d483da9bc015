using System.Runtime.ExceptionServices;
using Microsoft.DurableTask;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>Repeats a call inside the orchestrator, with durable timers between (RetryInterceptor.cs in durabletask).</summary>
internal static class Retries
{
    /// <summary>Marks, in an exception's data, a failure that no retry can mend.</summary>
    public const string Final = "durable.final";

    public static async Task<T> ByPolicy<T>(ReplayContext context, RetryPolicy policy, Func<Task<T>> call)
    {
        var first = context.CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                return await call();
            }
            catch (Exception e) when (!IsFinal(e))
            {
                failure = e;
            }
            var isLast = attempt == policy.MaxNumberOfAttempts;
            // After the last attempt too, at once: the official history has that timer.
            if ((isLast ? TimeSpan.Zero : DelayAfter(failure, context, policy, first, attempt)) is { } delay)
            {
                await context.TimerPiece(context.CurrentUtcDateTime.Add(delay), CancellationToken.None);
                if (!isLast) continue;
            }
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    public static async Task<T> ByHandler<T>(ReplayContext context, AsyncRetryHandler handler, Func<Task<T>> call)
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

    private static bool IsFinal(Exception e) => e.Data.Contains(Final);

    /// <returns>Null when there is to be no other attempt.</returns>
    private static TimeSpan? DelayAfter(Exception failure, ReplayContext context, RetryPolicy policy, DateTime first, int attempt)
    {
        try
        {
            if (!policy.Handle(failure)) return null;
            if (!IsEndless(policy.RetryTimeout) && context.CurrentUtcDateTime >= first + policy.RetryTimeout) return null;
            var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
            return IsEndless(policy.MaxRetryInterval) || milliseconds < policy.MaxRetryInterval.TotalMilliseconds
                ? TimeSpan.FromMilliseconds(milliseconds)
                : policy.MaxRetryInterval;
        }
        catch (Exception)
        {
            // The app's judgement, or the reckoning, failed: the task's own failure is the one to be told.
            return null;
        }
    }

    private static bool IsEndless(TimeSpan time) => time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue;
}
