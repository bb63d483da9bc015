using System.Security.Cryptography;
using WalletFunctions.Accounts;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

/// <summary>Takes a business into the register, with an account to sign in with.</summary>
public sealed class MerchantOpening(AccountDirectory accounts, AccountClasses classes, MerchantRegister register, Passwords passwords, TimeProvider clock)
{
    /// <summary>Opens an account for a business that has none, and enters it. The same seed does nothing twice.</summary>
    /// <param name="settlement">Null: the business's own wallet.</param>
    internal async Task<Result<Merchant>> OpenAsync(PhoneNumber phone, string name, WalletId? settlement, MerchantForm form, byte[] seed, CancellationToken cancellationToken)
    {
        if (settlement is { } wallet && await accounts.FindByWalletAsync(wallet, cancellationToken) is not { Role: Role.Merchant })
        {
            return MerchantErrors.SettlementWalletUnknown;
        }

        var now = clock.GetUtcNow();
        var account = await accounts.FindByPhoneAsync(phone, cancellationToken) ?? await OpenAccountAsync(phone, name, seed, now, cancellationToken);
        if (account is not { Role: Role.Merchant, WalletId: { } own })
        {
            return MerchantErrors.PhoneTaken;
        }

        var enteredBy = Convert.ToHexStringLower(seed);
        var entry = await register.EnterAsync(
            form.ApplyTo(new Merchant(account.AccountId, name, MerchantStatus.Active, settlement ?? own, now)), enteredBy, cancellationToken);
        return entry.EnteredBy == enteredBy ? entry.Merchant : MerchantErrors.PhoneTaken;
    }

    /// <summary>Nobody knows the account's first password: its owner sets one by telephone.</summary>
    private async Task<Account?> OpenAccountAsync(PhoneNumber phone, string name, byte[] seed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The day, so that a repeat after a crash makes the same ids.
        var at = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var account = new Account(
            Id.From<AccountId>(at, [.. seed, .. "account"u8]),
            Id.From<WalletId>(at, [.. seed, .. "wallet"u8]),
            Role.Merchant,
            AccountStatus.Active,
            name,
            PersonName.Mask(name),
            phone,
            Email: null,
            VerifiedName: name,
            now);

        // First, so that a crash leaves no account that can be signed in to and has no class.
        await classes.SetAsync(account.WalletId!.Value, AccountClass.II, "opened", cancellationToken);
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        return await accounts.OpenAsync(account, passwords.Hash(password), totpSecret: null, cancellationToken)
            ? account
            : await accounts.FindByPhoneAsync(phone, cancellationToken);
    }
}
