using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

internal enum ProofOutcome
{
    Right,
    Wrong,
    TotpMissing,
}

/// <summary>Checks what somebody knows (the password) and has (the second factor).</summary>
internal sealed class SignInProofs(AccountDirectory accounts, Passwords passwords, Vault vault, MachineClock clock)
{
    /// <param name="row">Null where nobody has the number; the work is the same.</param>
    public async Task<ProofOutcome> CheckAsync(AccountRow? row, string password, string? totp, CancellationToken cancellationToken)
    {
        if (!passwords.Verify(row?.PasswordHash, password))
        {
            return ProofOutcome.Wrong;
        }

        if (row!.TotpSecret is null)
        {
            return ProofOutcome.Right;
        }

        return totp is null ? ProofOutcome.TotpMissing : await UseCodeAsync(row, totp, cancellationToken);
    }

    /// <summary>A code works once: the step it belongs to is stored before it counts.</summary>
    private async Task<ProofOutcome> UseCodeAsync(AccountRow row, string totp, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Totp.Verify(vault.OpenSecret(row.TotpSecret!), totp, clock.GetUtcNow(), row.TotpLastStep) is not { } step)
            {
                return ProofOutcome.Wrong;
            }

            row.TotpLastStep = step;
            if (await accounts.ReplaceAsync(row, cancellationToken))
            {
                return ProofOutcome.Right;
            }

            // Somebody changed the profile, perhaps with the same code at the same moment: look again.
            row = await accounts.FindRowAsync(AccountId.Of(row.AccountId), cancellationToken) ?? throw new InvalidOperationException("An account was deleted.");
        }
    }
}
