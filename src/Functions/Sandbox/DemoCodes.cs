using WalletFunctions.Accounts;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>Plays the authenticator of demo people.</summary>
public sealed class DemoCodes
{
    private readonly AccountDirectory accounts;
    private readonly Vault vault;
    private readonly MachineClock clock;

    internal DemoCodes(AccountDirectory accounts, Vault vault, MachineClock clock) => (this.accounts, this.vault, this.clock) = (accounts, vault, clock);

    /// <summary>The present code; null where the number is nobody's or needs no second factor.</summary>
    internal async Task<string?> CurrentAsync(PhoneNumber phone, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await accounts.FindRowByPhoneAsync(phone, cancellationToken) is not { TotpSecret: { } secret } row)
            {
                return null;
            }

            var step = Totp.StepAt(clock.GetUtcNow());
            if (row.TotpLastStep < step)
            {
                return Totp.CodeAt(vault.OpenSecret(secret), step);
            }

            // A code works once, and demo people are signed in more often than every 30 seconds: asking here frees the
            // present step again. Only the sandbox can.
            row.TotpLastStep = step - 1;
            if (await accounts.ReplaceAsync(row, cancellationToken))
            {
                return Totp.CodeAt(vault.OpenSecret(secret), step);
            }
        }
    }
}
