using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
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
    AccountClass Class,
    AccountStatus Status,
    string DisplayName,
    string MaskedName,
    PhoneNumber Phone,
    string? Email,
    string? VerifiedName,
    DateTimeOffset CreatedAt);
