namespace WalletFunctions.Domain.Identity;

/// <summary>What a one-time code is for. A code of one purpose is worth nothing for another.</summary>
public enum ChallengePurpose
{
    /// <summary>Opening an account.</summary>
    Register,

    /// <summary>Signing in.</summary>
    Login,

    /// <summary>Choosing a new password.</summary>
    Reset,

    /// <summary>Agreeing to a move of money, or to a change of what protects it.</summary>
    Confirm,

    /// <summary>Ending a lock-out.</summary>
    Unlock,
}

/// <summary>What a try at a challenge comes to.</summary>
public enum CodeVerdict
{
    /// <summary>The code is the one that was sent; the challenge is used up by it.</summary>
    Right,

    /// <summary>It is not; the try counts.</summary>
    Wrong,

    /// <summary>Too late, or it was used for something else.</summary>
    Expired,

    /// <summary>All tries are used up; even the right code is refused.</summary>
    Exhausted,
}

/// <summary>What a verdict is called where it is no success.</summary>
public static class CodeVerdicts
{
    /// <summary>The refusal; null where the code was right.</summary>
    public static DomainError? Refusal(this CodeVerdict verdict) => verdict switch
    {
        CodeVerdict.Right => null,
        CodeVerdict.Wrong => ConfirmationErrors.OtpWrong,
        CodeVerdict.Expired => ConfirmationErrors.OtpExpired,
        CodeVerdict.Exhausted => ConfirmationErrors.OtpExhausted,
    };
}

/// <summary>A code that was sent to somebody: it lives a few minutes, may be tried a few times, and is used once.</summary>
/// <param name="ExpiresAt">Machine time; from then on it is refused.</param>
/// <param name="Failures">Wrong tries so far.</param>
/// <param name="UsedBy">What it was used for; null while it was not. The same use again is no second use: answers get lost.</param>
public sealed record OneTimeCode(DateTimeOffset ExpiresAt, int Failures, string? UsedBy)
{
    /// <summary>Decimal digits of a code.</summary>
    public const int Digits = 6;

    /// <summary>Tries at one code, the right one included.</summary>
    public const int Tries = 5;

    /// <summary>How long a code lives, machine time.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>A code that was sent just now.</summary>
    public static OneTimeCode SentAt(DateTimeOffset now) => new(now + Lifetime, 0, null);

    /// <summary>Whether it can still be used for something new.</summary>
    public bool IsOpen(DateTimeOffset now) => UsedBy is null && now < ExpiresAt && Failures < Tries;

    /// <summary>Judges a try.</summary>
    /// <param name="matches">Whether the code typed is the code sent.</param>
    /// <param name="by">What it is used for.</param>
    /// <param name="now">Machine time.</param>
    public CodeVerdict Judge(bool matches, string by, DateTimeOffset now)
    {
        if (UsedBy is not null)
        {
            return matches && UsedBy == by ? CodeVerdict.Right : CodeVerdict.Expired;
        }

        if (Failures >= Tries)
        {
            return CodeVerdict.Exhausted;
        }

        if (now >= ExpiresAt)
        {
            return CodeVerdict.Expired;
        }

        return matches ? CodeVerdict.Right : CodeVerdict.Wrong;
    }

    /// <summary>The code after one more wrong try.</summary>
    public OneTimeCode Fail() => this with { Failures = Failures + 1 };

    /// <summary>The code after its one use.</summary>
    public OneTimeCode Use(string by) => this with { UsedBy = by };
}
