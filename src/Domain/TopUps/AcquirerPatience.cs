namespace WalletFunctions.Domain.TopUps;

/// <summary>When to ask the acquirer next, if it does not call by itself.</summary>
public static class AcquirerPatience
{
    private const int MaxDoublings = 7;

    /// <summary>How long a top-up may be pending; one that is so for longer is late, and its owner and support are told.</summary>
    public static TimeSpan Promise { get; } = TimeSpan.FromHours(1);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the next question; 30 seconds, then twice as long each time, up to about an hour.</summary>
    /// <param name="round">How often it was asked before, 0 or more.</param>
    public static TimeSpan PauseAfter(int round)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(round);
        return First * (1 << Math.Min(round, MaxDoublings));
    }
}
