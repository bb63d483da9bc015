namespace WalletFunctions.Domain.Identity;

/// <summary>How often signing in failed, for one telephone number from one address; a known number and an unknown one count alike.</summary>
/// <param name="Count">Failures since <paramref name="Since"/>.</param>
/// <param name="Since">The first of them.</param>
/// <param name="LockedUntil">Until when nothing is even tried; null when not locked.</param>
public sealed record SignInFailures(int Count, DateTimeOffset Since, DateTimeOffset? LockedUntil)
{
    /// <summary>The failure that locks.</summary>
    public const int Allowed = 5;

    /// <summary>How long a lock lasts, and how long a failure is remembered.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Nothing failed yet.</summary>
    public static SignInFailures None { get; } = new(0, DateTimeOffset.UnixEpoch, null);

    /// <summary>Whether nothing may be tried now, and for how much longer.</summary>
    public TimeSpan? LockedFor(DateTimeOffset now) => LockedUntil > now ? LockedUntil - now : null;

    /// <summary>One more failure.</summary>
    public SignInFailures Fail(DateTimeOffset now)
    {
        var counted = Count == 0 || LockedUntil <= now || now - Since > Window ? new SignInFailures(1, now, null) : this with { Count = Count + 1 };
        return counted.Count >= Allowed ? counted with { LockedUntil = now + Window } : counted;
    }
}
