using Microsoft.DurableTask;

namespace WalletFunctions.Withdrawals;

/// <summary>How the steps of a withdrawal are tried again, by the fault they meet.</summary>
internal static class Retry
{
    /// <summary>Storage that is busy or away for a moment. Longer than that, the next round of the orchestration tries again.</summary>
    public static TaskOptions Storage { get; } = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 5, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 3));
}
