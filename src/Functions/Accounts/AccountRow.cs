using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>An account's profile as it is stored. Name, telephone number and e-mail address are encrypted.</summary>
internal sealed class AccountRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = AccountKeys.Profile;

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public int Schema { get; set; } = 1;

    public string AccountId { get; set; } = "";

    public string? WalletId { get; set; }

    public string Role { get; set; } = "";

    public string Status { get; set; } = "";

    public string? DisplayName { get; set; }

    public string? VerifiedName { get; set; }

    public string Phone { get; set; } = "";

    public string? Email { get; set; }

    public string PasswordHash { get; set; } = "";

    /// <summary>Null where none is set.</summary>
    public string? PaymentPasswordHash { get; set; }

    /// <summary>Encrypted; null where no second factor is enrolled.</summary>
    public byte[]? TotpSecret { get; set; }

    /// <summary>The newest step of the second factor that was used.</summary>
    public long TotpLastStep { get; set; }

    /// <summary>When the owner of a frozen account asked for it to be unfrozen; null while nothing is asked.</summary>
    public DateTimeOffset? UnfreezeAskedAt { get; set; }

    /// <summary>In which its owner is written to; null: Chinese.</summary>
    public string? Language { get; set; }

    /// <summary>As <see cref="NotificationSettings"/> writes it; null: nothing was chosen.</summary>
    public string? Notifications { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public static AccountRow FromDomain(Account account, string passwordHash, byte[]? totpSecret, Vault vault) => new()
    {
        PartitionKey = AccountKeys.Partition(account.AccountId),
        AccountId = account.AccountId.Value,
        WalletId = account.WalletId?.Value,
        Role = account.Role.ToString(),
        Status = account.Status.ToString(),
        DisplayName = account.DisplayName,
        VerifiedName = account.VerifiedName is { } name ? vault.SealPersonal(name) : null,
        Phone = vault.SealPersonal(account.Phone.Value),
        Email = account.Email is { } email ? vault.SealPersonal(email) : null,
        PasswordHash = passwordHash,
        TotpSecret = totpSecret is null ? null : vault.SealSecret(totpSecret),
        Language = account.Language == Domain.Language.Zh ? null : account.Language.ToString(),
        Notifications = account.Notifications.ToString() is { Length: > 0 } chosen ? chosen : null,
        CreatedAt = account.CreatedAt,
    };

    /// <exception cref="InvalidOperationException">The row was written by a newer version.</exception>
    public Account ToDomain(Vault vault)
    {
        if (Schema > 1)
        {
            throw new InvalidOperationException($"{AccountId} was written by a newer version (schema {Schema}).");
        }

        var name = VerifiedName is null ? null : vault.OpenPersonal(VerifiedName);
        var shown = DisplayName ?? name ?? "";
        return new Account(
            Domain.AccountId.Of(AccountId),
            WalletId is null ? null : Domain.WalletId.Of(WalletId),
            Enum.Parse<Role>(Role),
            Enum.Parse<AccountStatus>(Status),
            shown,
            PersonName.Mask(name ?? shown),
            new PhoneNumber(vault.OpenPersonal(Phone)),
            Email is null ? null : vault.OpenPersonal(Email),
            name,
            CreatedAt)
        {
            Language = Language is null ? Domain.Language.Zh : Enum.Parse<Language>(Language),
            Notifications = NotificationSettings.Parse(Notifications),
        };
    }
}
