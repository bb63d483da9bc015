using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>A person or merchant who signs in, as other features see them.</summary>
/// <param name="WalletId">Null for staff, who have no wallet.</param>
/// <param name="DisplayName">The name the owner chose; the verified one where none was chosen.</param>
/// <param name="MaskedName">What a stranger may see of the verified name.</param>
/// <param name="VerifiedName">The name that was checked; null before that.</param>
internal sealed record Account(
    AccountId AccountId,
    WalletId? WalletId,
    Role Role,
    AccountStatus Status,
    string DisplayName,
    string MaskedName,
    PhoneNumber Phone,
    string? Email,
    string? VerifiedName,
    DateTimeOffset CreatedAt)
{
    /// <summary>In which they are written to.</summary>
    public Language Language { get; init; }

    /// <summary>How they are told of what.</summary>
    public NotificationSettings Notifications { get; init; } = NotificationSettings.Default;
}
