namespace WalletFunctions.Domain.Withdrawals;

/// <summary>When to ask the bank next, if it does not call by itself.</summary>
/// <remarks>Callbacks usually win; asking finds the ones that were lost. So the first question comes soon, the later ones seldom.</remarks>
public static class BankPatience
{
    private const int MaxDoublings = 9;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestBeforePromise = TimeSpan.FromHours(4);
    private static readonly TimeSpan LongestAfterPromise = TimeSpan.FromHours(1);

    /// <summary>The moment to ask next; always after <paramref name="now"/>.</summary>
    /// <param name="round">How often it was waited before, 0 or more.</param>
    /// <param name="now">The business clock.</param>
    /// <param name="promisedBy">The question right after the promise is never missed: by its answer the customer is told.</param>
    public static DateTimeOffset NextQuestion(int round, DateTimeOffset now, DateTimeOffset promisedBy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        var pause = First * (1 << Math.Min(round, MaxDoublings));
        if (now > promisedBy)
        {
            return now + Shorter(pause, LongestAfterPromise);
        }

        var next = now + Shorter(pause, LongestBeforePromise);
        var afterPromise = promisedBy + TimeSpan.FromSeconds(1);
        return next < afterPromise ? next : afterPromise;
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
