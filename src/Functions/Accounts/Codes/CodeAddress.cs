using WalletFunctions.Domain.Identity;

namespace WalletFunctions.Accounts.Codes;

/// <summary>Where a code goes: exactly one of a telephone number and an e-mail address.</summary>
internal sealed record CodeAddress
{
    private CodeAddress(PhoneNumber? phone, string? email) => (Phone, Email) = (phone, email);

    public PhoneNumber? Phone { get; }

    public string? Email { get; }

    /// <summary>One form for each address, however it was typed; for keyed hashes.</summary>
    public string Canonical => Phone?.Value ?? Email!;

    public static CodeAddress Of(PhoneNumber phone) => new(phone, null);

    public static CodeAddress Of(string email) => new(null, Normal(email));

    /// <summary>Whether it is one of the account's own.</summary>
    public bool BelongsTo(Account account) => Phone is { } phone ? phone == account.Phone : account.Email is { } email && Normal(email) == Email;

    /// <summary>The form that e-mail addresses are compared in.</summary>
    public static string Normal(string email) => email.Trim().ToLowerInvariant();
}
