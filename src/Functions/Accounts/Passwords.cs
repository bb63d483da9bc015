using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace WalletFunctions.Accounts;

/// <summary>Hashes passwords as ASP.NET Core Identity does (PBKDF2, HMAC-SHA-512, 100,000 rounds).</summary>
public sealed class Passwords
{
    private static readonly object Nobody = new();

    private readonly PasswordHasher<object> hasher;
    private readonly Lazy<string> dummy;

    /// <summary>Makes the hasher.</summary>
    /// <param name="options">Nothing but tests changes them, which sign in hundreds of times.</param>
    public Passwords(IOptions<PasswordHasherOptions> options)
    {
        hasher = new(options);
        dummy = new(() => Hash("a password that nobody has"));
    }

    internal string Hash(string password) => hasher.HashPassword(Nobody, password);

    /// <summary>Costs the same whether or not there is a hash to compare with.</summary>
    /// <param name="hash">Null where there is no such account: always false then.</param>
    internal bool Verify(string? hash, string password)
    {
        var matches = hasher.VerifyHashedPassword(Nobody, hash ?? dummy.Value, password) != PasswordVerificationResult.Failed;
        return matches && hash is not null;
    }
}
