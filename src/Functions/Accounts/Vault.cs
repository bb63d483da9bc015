using Microsoft.AspNetCore.DataProtection;

namespace WalletFunctions.Accounts;

/// <summary>Encrypts personal data at rest. Each purpose has its own keys, so one cannot be read as another.</summary>
public sealed class Vault(IDataProtectionProvider provider)
{
    private readonly IDataProtector personal = provider.CreateProtector("accounts/personal");
    private readonly IDataProtector cards = provider.CreateProtector("accounts/card-number");
    private readonly IDataProtector secrets = provider.CreateProtector("accounts/secret");

    internal string SealPersonal(string text) => personal.Protect(text);

    internal string OpenPersonal(string token) => personal.Unprotect(token);

    internal string SealCardNumber(string digits) => cards.Protect(digits);

    /// <summary>A card's full number, for the request to the bank and nothing else.</summary>
    internal string OpenCardNumber(string token) => cards.Unprotect(token);

    internal byte[] SealSecret(byte[] secret) => secrets.Protect(secret);

    internal byte[] OpenSecret(byte[] token) => secrets.Unprotect(token);
}
