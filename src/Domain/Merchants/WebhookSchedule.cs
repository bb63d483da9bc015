namespace WalletFunctions.Domain.Merchants;

/// <summary>When an event that an endpoint did not take is offered again: after growing pauses, for three days.</summary>
public static class WebhookSchedule
{
    /// <summary>The pauses after the first, second, … try. The Standard Webhooks specification 1.0 has about the same.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    /// <summary>So long it is tried.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromDays(3);

    /// <summary>An endpoint that failed within this of an event and took nothing since has failed for the event's whole time.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromHours(1);

    /// <summary>The next try; null when patience has ended. The last one falls on the very end.</summary>
    /// <param name="tries">How often it was tried: 1 or more.</param>
    /// <param name="firstAt">When it was first offered.</param>
    /// <param name="now">After the last try.</param>
    /// <param name="chance">0 to 1: spreads tries that failed together, by up to a tenth.</param>
    public static DateTimeOffset? NextAfter(int tries, DateTimeOffset firstAt, DateTimeOffset now, double chance)
    {
        var end = firstAt + Patience;
        if (now >= end)
        {
            return null;
        }

        var next = now + PauseAfter(tries, chance);
        return next < end ? next : end;
    }

    /// <summary>When an endpoint that takes nothing is tried again, by one event for all that wait for it. One try falls on the end of its patience.</summary>
    /// <param name="failures">How often in succession it has taken nothing: 1 or more.</param>
    /// <param name="failingSince">Since when.</param>
    /// <param name="now">After the last try.</param>
    /// <param name="chance">0 to 1, see <see cref="NextAfter"/>.</param>
    public static DateTimeOffset NextProbeAfter(int failures, DateTimeOffset failingSince, DateTimeOffset now, double chance)
    {
        var (next, end) = (now + PauseAfter(failures, chance), failingSince + Patience);
        return now < end && end < next ? end : next;
    }

    private static TimeSpan PauseAfter(int tries, double chance) => Pauses[Math.Clamp(tries, 1, Pauses.Length) - 1] * (0.9 + (0.2 * chance));
}
