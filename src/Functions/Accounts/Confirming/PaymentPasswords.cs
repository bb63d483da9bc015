using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>What proves that whoever sets a payment password may.</summary>
/// <param name="Password">The sign-in password; enough on a known device only.</param>
/// <param name="OldPaymentPassword">The one that is replaced.</param>
internal sealed record PaymentPasswordProof(string? Password, string? OldPaymentPassword);

/// <summary>
/// Payment passwords: six digits, hashed as sign-in passwords are. Five wrong ones lock for a quarter of an hour, counted in a
/// table over all hosts; each host compares one guess of an account at a time, so a thousand at once are no better.
/// </summary>
public sealed class PaymentPasswords
{
    internal const int Digits = 6;

    private readonly OneAtATime guesses = new();
    private readonly AccountDirectory accounts;
    private readonly Passwords hasher;
    private readonly FailureTable failures;
    private readonly MachineClock clock;

    internal PaymentPasswords(AccountDirectory accounts, Passwords hasher, FailureTable failures, MachineClock clock) =>
        (this.accounts, this.hasher, this.failures, this.clock) = (accounts, hasher, failures, clock);

    /// <summary>Whether a text can be one.</summary>
    internal static bool IsWellFormed(string text) => text.Length == Digits && text.All(char.IsAsciiDigit);

    /// <returns>Null if it is right.</returns>
    internal Task<DomainError?> VerifyAsync(AccountId account, string typed, CancellationToken cancellationToken) =>
        CheckAsync(account, row => row.PaymentPasswordHash, typed, ConfirmationErrors.PaymentPasswordNotSet, cancellationToken);

    /// <summary>Checks what proves that whoever sets one may; the old payment password counts before the sign-in password.</summary>
    /// <param name="isFresh">Whether the caller has just signed in, which is proof enough for a first one.</param>
    /// <returns>Null if it may be set.</returns>
    internal async Task<DomainError?> CheckAsync(AccountId account, PaymentPasswordProof proof, bool isFresh, CancellationToken cancellationToken) => proof switch
    {
        { OldPaymentPassword: { } old } => await VerifyAsync(account, old, cancellationToken),
        { Password: { } password } => await CheckAsync(account, found => found.PasswordHash, password, ConfirmationErrors.ConfirmationWrong, cancellationToken),
        _ when isFresh && (await FindAsync(account, cancellationToken)).PaymentPasswordHash is null => null,
        _ => PlatformErrors.Validation([FieldErrors.Missing("password")]),
    };

    /// <summary>Sets it, for the first time or again.</summary>
    /// <returns>Names the occasion: no other is called the same, even one that sets the same password.</returns>
    internal async Task<string> SetAsync(AccountId account, string paymentPassword, CancellationToken cancellationToken)
    {
        var hash = hasher.Hash(paymentPassword);
        AccountRow row;
        do
        {
            row = await FindAsync(account, cancellationToken);
            row.PaymentPasswordHash = hash;
        }
        while (!await accounts.ReplaceAsync(row, cancellationToken));

        // The hash is salted.
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hash)));
    }

    private Task<DomainError?> CheckAsync(AccountId account, Func<AccountRow, string?> hashOf, string typed, DomainError ifNone, CancellationToken cancellationToken) =>
        guesses.RunAsync(account.Value, async () =>
        {
            var subject = failures.Confirming(account);
            var failed = await failures.ReadAsync(subject, cancellationToken);
            if (failed.LockedFor(clock.GetUtcNow()) is { } left)
            {
                return ConfirmationErrors.ConfirmationLocked(left);
            }

            if (hashOf(await FindAsync(account, cancellationToken)) is not { } hash)
            {
                return ifNone;
            }

            if (!hasher.Verify(hash, typed))
            {
                await failures.AddAsync(subject, cancellationToken);
                return ConfirmationErrors.ConfirmationWrong;
            }

            if (failed.Count > 0)
            {
                await failures.ClearAsync(subject, cancellationToken);
            }

            return null;
        }, cancellationToken);

    private async Task<AccountRow> FindAsync(AccountId account, CancellationToken cancellationToken) =>
        await accounts.FindRowAsync(account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
}
