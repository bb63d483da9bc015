using System.Security.Cryptography;
using WalletFunctions.Accounts.Confirming;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts;

/// <summary>What somebody wants to change of their account.</summary>
/// <param name="DisplayName">Null leaves it.</param>
/// <param name="OwnLimits">Null leaves them.</param>
/// <param name="Confirm">Needed to raise or lift a limit.</param>
internal sealed record ProfileChange(string? DisplayName, OwnLimitsChange? OwnLimits, ConfirmForm? Confirm)
{
    private const int LongestName = 50;

    /// <summary>Reads it. A limit that is null is lifted; one that is not there stays.</summary>
    public static ProfileChange Ask(JsonForm form, Caller caller)
    {
        var limits = form.Object("ownLimits");
        var (most, daily) = (limits?.OptionalMoney("perTransaction"), limits?.OptionalMoney("daily"));
        if (limits is not null && caller.WalletId is null)
        {
            form.Fail(FieldErrors.Invalid("ownLimits", new("没有钱包的账户不能设置限额。", "an account without a wallet has no limits.")));
        }

        foreach (var (name, money) in new[] { ("ownLimits.perTransaction", most), ("ownLimits.daily", daily) })
        {
            if (money is { } wrong && wrong.Currency != Currency.Cny)
            {
                form.Fail(FieldErrors.Invalid(name, new("币种须与钱包一致。", "the currency must be the wallet's.")));
            }
        }

        return new ProfileChange(
            form.OptionalString("displayName", LongestName),
            limits is null ? null : new OwnLimitsChange(Names("perTransaction"), most?.Amount, Names("daily"), daily?.Amount),
            ConfirmForm.Ask(form));

        bool Names(string limit) => limits.Has(limit) || limits.IsBlank(limit);
    }
}

/// <summary>Shows people their own accounts, and changes what is theirs to change.</summary>
public sealed class Profiles
{
    private const string Route = "PATCH /v1/me";

    private readonly AccountDirectory accounts;
    private readonly Ledger ledger;
    private readonly Confirmations confirmations;
    private readonly Vault vault;

    internal Profiles(AccountDirectory accounts, Ledger ledger, Confirmations confirmations, Vault vault) =>
        (this.accounts, this.ledger, this.confirmations, this.vault) = (accounts, ledger, confirmations, vault);

    internal async Task<Profile> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var row = await FindAsync(caller, cancellationToken);
        return Profile.Of(row.ToDomain(vault), row, caller.WalletId is { } wallet ? (await ledger.ReadHeadAsync(wallet, cancellationToken)).Head : null);
    }

    /// <summary>Makes the change: the limits first, which may be refused; then what cannot be.</summary>
    /// <param name="fingerprint">Of the request without <c>confirm</c>.</param>
    internal async Task<Result<Profile>> ChangeAsync(Caller caller, ProfileChange change, string fingerprint, CancellationToken cancellationToken)
    {
        if (change.OwnLimits is { } limits && await ChangeLimitsAsync(caller, limits, change.Confirm, fingerprint, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (change.DisplayName is { } name)
        {
            AccountRow row;
            do
            {
                row = await FindAsync(caller, cancellationToken);
                row.DisplayName = name.Trim();
            }
            while (!await accounts.ReplaceAsync(row, cancellationToken));
        }

        return await ReadAsync(caller, cancellationToken);
    }

    private async Task<DomainError?> ChangeLimitsAsync(Caller caller, OwnLimitsChange change, ConfirmForm? confirm, string fingerprint, CancellationToken cancellationToken)
    {
        // Without an idempotency key no two requests are one: a code confirms a single one of them.
        var once = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var request = new ConfirmedRequest(Route, fingerprint, once);
        var confirmed = await confirmations.VerifyAsync(caller, confirm, request, cancellationToken);
        if (!confirmed.IsOk)
        {
            return confirmed.Error;
        }

        var outcome = await ledger.ExecuteAsync(caller.Wallet, new BookCommand($"own_{once}", new BookMove.ChangeOwnLimits(change, confirmed.Value)), cancellationToken);
        return outcome switch
        {
            Outcome.Committed or Outcome.Replayed => null,
            Outcome.Refused { Error.Code: "confirmation_required" } => await confirmations.ChallengeAsync(caller, request, new("提高本人限额", "raising your own limits"), cancellationToken),
            Outcome.Refused { Error: { } error } => error,
            _ => throw new LedgerUnavailableException($"Own limits could not be changed ({outcome.GetType().Name})."),
        };
    }

    private async Task<AccountRow> FindAsync(Caller caller, CancellationToken cancellationToken) =>
        await accounts.FindRowAsync(caller.Account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
}
