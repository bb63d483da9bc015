using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Accounts.Codes;

/// <summary>A short message to one telephone.</summary>
/// <param name="Code">The one-time code in it; only the sandbox's outbox shows it apart.</param>
internal sealed record Sms(PhoneNumber To, string Text, string? Code);

/// <summary>Carries short messages out. Which implementation, configuration decides.</summary>
internal interface ISmsSender
{
    /// <summary>Hands one message over.</summary>
    /// <exception cref="CodeNotSentException">It could not be; the caller may try again.</exception>
    Task SendAsync(Sms message, CancellationToken cancellationToken);
}

/// <summary>A code could not be handed over to whoever carries it.</summary>
internal sealed class CodeNotSentException(string message) : Exception(message);
