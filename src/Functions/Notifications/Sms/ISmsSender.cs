using WalletFunctions.Domain.Identity;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Notifications.Sms;

/// <summary>A short message to one telephone.</summary>
/// <param name="MessageId">The same at every try of this message: a gateway sends what it has under this id once.</param>
/// <param name="Code">The one-time code in it, for gateways that fill a template of theirs.</param>
internal sealed record ShortMessage(string MessageId, PhoneNumber To, string Text, string? Code = null)
{
    /// <summary>An id that belongs to what a message is for.</summary>
    public static string IdOf(string purpose) =>
        "sms_" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(purpose)).AsSpan(0, 16));
}

/// <summary>Carries short messages out. Which implementation, configuration decides.</summary>
internal interface ISmsSender
{
    /// <summary>Hands one message over. Throws only for bugs; every outcome of the outside world is a value, and a repeat with the same id does no harm.</summary>
    Task<SendOutcome> SendAsync(ShortMessage message, CancellationToken cancellationToken);
}
