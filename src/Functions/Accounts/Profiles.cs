using System.Collections.ObjectModel;
using System.Security.Cryptography;
using WalletFunctions.Accounts.Confirming;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts;

/// <summary>What somebody wants to change of their account.</summary>
/// <param name="DisplayName">Null leaves it.</param>
/// <param name="OwnLimits">Null leaves them.</param>
/// <param name="Confirm">Needed to raise or lift a limit.</param>
internal sealed record ProfileChange(string? DisplayName, OwnLimitsChange? OwnLimits, ConfirmForm? Confirm)
{
    /// <summary>In which to be written to; null leaves it.</summary>
    public Language? Language { get; init; }

    /// <summary>Channels by topic; a null channel stays.</summary>
    public IReadOnlyDictionary<string, (bool? Sms, bool? Mail)> Notifications { get; init; } = ReadOnlyDictionary<string, (bool? Sms, bool? Mail)>.Empty;

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
            ConfirmForm.Ask(form))
        {
            Language = form.OptionalEnum<Language>("language"),
            Notifications = AskNotifications(form, caller),
        };

        bool Names(string limit) => limits.Has(limit) || limits.IsBlank(limit);
    }

    private static Dictionary<string, (bool? Sms, bool? Mail)> AskNotifications(JsonForm form, Caller caller)
    {
        var asked = new Dictionary<string, (bool? Sms, bool? Mail)>(StringComparer.Ordinal);
        if (form.Object("notifications") is not { } topics)
        {
            return asked;
        }

        if (caller.WalletId is null)
        {
            form.Fail(FieldErrors.Invalid("notifications", new("没有钱包的账户没有通知。", "an account without a wallet is not told of anything.")));
        }

        foreach (var topic in NotificationTopic.All)
        {
            if (topics.Object(topic) is { } channels)
            {
                asked[topic] = (channels.OptionalBool("sms"), channels.OptionalBool("mail"));
            }
        }

        return asked;
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
    private readonly RecentAccounts recent;

    internal Profiles(AccountDirectory accounts, Ledger ledger, Confirmations confirmations, Vault vault, RecentAccounts recent) =>
        (this.accounts, this.ledger, this.confirmations, this.vault, this.recent) = (accounts, ledger, confirmations, vault, recent);

    internal async Task<Profile> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var row = await FindAsync(caller, cancellationToken);
        return Profile.Of(row.ToDomain(vault), row, caller.WalletId is { } wallet ? (await ledger.ReadHeadAsync(wallet, cancellationToken)).Head : null);
    }

    /// <summary>Makes the change: first what may be refused, then what cannot be.</summary>
    /// <param name="fingerprint">Of the request without <c>confirm</c>.</param>
    internal async Task<Result<Profile>> ChangeAsync(Caller caller, ProfileChange change, string fingerprint, CancellationToken cancellationToken)
    {
        if (change.Notifications.Count > 0 && Apply(change, await FindAsync(caller, cancellationToken)) is { } unwanted)
        {
            return unwanted;
        }

        if (change.OwnLimits is { } limits && await ChangeLimitsAsync(caller, limits, change.Confirm, fingerprint, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        while (change.DisplayName is not null || change.Language is not null || change.Notifications.Count > 0)
        {
            var row = await FindAsync(caller, cancellationToken);
            if (Apply(change, row) is { } refused)
            {
                return refused;
            }

            if (await accounts.ReplaceAsync(row, cancellationToken))
            {
                recent.Forget(row.ToDomain(vault));
                break;
            }
        }

        return await ReadAsync(caller, cancellationToken);
    }

    private static DomainError? Apply(ProfileChange change, AccountRow row)
    {
        row.DisplayName = change.DisplayName?.Trim() ?? row.DisplayName;
        row.Language = change.Language?.ToString() ?? row.Language;
        Result<NotificationSettings> settings = NotificationSettings.Parse(row.Notifications);
        foreach (var (topic, (sms, mail)) in change.Notifications)
        {
            settings = settings.IsOk ? settings.Value.With(topic, sms, mail) : settings;
        }

        row.Notifications = settings.IsOk ? settings.Value.ToString() : null;
        return settings.Error;
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
