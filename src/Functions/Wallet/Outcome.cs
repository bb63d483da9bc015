using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>What became of a command. All of these are certain; what is not certain is thrown as <see cref="LedgerUnavailableException"/>.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>It happened now.</summary>
    /// <param name="Answer">What was stored under the key; null without one.</param>
    /// <param name="Entry">The entry it made; null for a move without money.</param>
    public sealed record Committed(StoredAnswer? Answer, Entry? Entry) : Outcome;

    /// <summary>It was decided before, committed or refused; nothing happened now.</summary>
    /// <param name="Answer">The first answer; null for an operation without a key, which then had been committed.</param>
    /// <param name="OperationId">The operation that was decided then.</param>
    public sealed record Replayed(StoredAnswer? Answer, string OperationId) : Outcome;

    /// <summary>It was refused, and the refusal is stored.</summary>
    public sealed record Refused(StoredAnswer? Answer, DomainError Error) : Outcome;

    /// <summary>The key was used for another body.</summary>
    public sealed record KeyReused : Outcome;

    /// <summary>The first request with this key is still running.</summary>
    public sealed record KeyInFlight : Outcome;

    /// <summary>Somebody else is about to take what this operation needs, or to let it go; nothing happened, and the key is free.</summary>
    public sealed record Busy : Outcome;

    /// <summary>A companion row was not as expected; nothing happened.</summary>
    public sealed record Conflict : Outcome;

    /// <summary>The sweep has ended this operation because it took too long; nothing happened. It may be started again under a new id.</summary>
    public sealed record Swept : Outcome;
}

/// <summary>Storage did not let a command be decided in time. It may or may not have happened; the same key or operation id finds out.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException), IOutOfReach;
