namespace WalletFunctions.Domain.Rules;

/// <summary>One version of a schedule: in force from a moment until the next version's.</summary>
/// <typeparam name="T">The kind of schedule.</typeparam>
/// <param name="Number">1, 2, 3, …; 0 for what is built in.</param>
/// <param name="EffectiveFrom">From this moment of the business clock.</param>
/// <param name="Rules">The schedule.</param>
public sealed record RuleVersion<T>(int Number, DateTimeOffset EffectiveFrom, T Rules)
    where T : class;
