namespace WalletFunctions.Domain.Inbox;

/// <summary>How long a customer waits for an answer at most.</summary>
public static class ServiceLevel
{
    /// <summary>When an answer is due: 30 minutes, 4, 24 or 72 hours by priority.</summary>
    public static DateTimeOffset AnswerDue(Priority priority, DateTimeOffset since) => since + priority switch
    {
        Priority.Urgent => TimeSpan.FromMinutes(30),
        Priority.High => TimeSpan.FromHours(4),
        Priority.Normal => TimeSpan.FromHours(24),
        Priority.Low => TimeSpan.FromHours(72),
    };
}
