namespace WalletFunctions.Domain.Identity;

/// <summary>What to do with a refresh token whose signature is right.</summary>
public enum RefreshDecision
{
    /// <summary>The newest one: give its successor.</summary>
    Rotate,

    /// <summary>The one before, just replaced: the answer was lost on the way, so give the same successor again.</summary>
    Repeat,

    /// <summary>An older one: somebody else has a copy, so the session ends.</summary>
    Reuse,

    /// <summary>The session is over.</summary>
    Ended,
}

/// <summary>A signed-in session's chain of refresh tokens. Tokens are numbered; each works once.</summary>
/// <param name="Generation">The number of the newest token.</param>
/// <param name="RotatedAt">When it replaced the one before; machine time.</param>
/// <param name="ExpiresAt">When the session ends by itself.</param>
/// <param name="IsRevoked">Whether it was ended.</param>
public sealed record RefreshChain(long Generation, DateTimeOffset RotatedAt, DateTimeOffset ExpiresAt, bool IsRevoked)
{
    /// <summary>How long the token before is still answered with the same successor.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>How long a session lives without being refreshed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Decides a token by its number.</summary>
    public RefreshDecision Decide(long generation, DateTimeOffset now)
    {
        if (IsRevoked || now >= ExpiresAt || generation > Generation)
        {
            return RefreshDecision.Ended;
        }

        if (generation == Generation)
        {
            return RefreshDecision.Rotate;
        }

        return generation == Generation - 1 && now - RotatedAt <= Grace ? RefreshDecision.Repeat : RefreshDecision.Reuse;
    }

    /// <summary>The chain with one more token.</summary>
    public RefreshChain Rotate(DateTimeOffset now) => this with { Generation = Generation + 1, RotatedAt = now, ExpiresAt = now + Lifetime };
}
