using System.Text.Json.Serialization;
using Azure;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>What somebody sees of their own account. Where there is a wallet, its book says what the status is.</summary>
internal sealed record Profile(
    AccountId AccountId,
    WalletId? WalletId,
    Role Role,
    string? Class,
    AccountStatus Status,
    string DisplayName,
    string MaskedName,
    string Phone,
    string? Email,
    bool IsVerified,
    bool? HasPaymentPassword,
    Profile.OwnLimitsView? OwnLimits,
    DateTimeOffset? UnfreezeRequestedAt,
    DateTimeOffset CreatedAt,
    Language Language,
    IReadOnlyDictionary<string, Profile.ChannelsView>? Notifications)
{
    /// <summary>Changes with what is shown, and with nothing else.</summary>
    [JsonIgnore]
    public ETag Tag => new(AnswerJson.Serialize(this));

    /// <param name="head">Null for staff, who have no wallet.</param>
    public static Profile Of(Account account, AccountRow row, BookHead? head) => new(
        account.AccountId,
        account.WalletId,
        account.Role,
        head is null ? null : head.Class.ToString(),
        head is null ? account.Status : AccountStatuses.Shown(head, account.Status),
        account.DisplayName,
        account.MaskedName,
        account.Phone.Value,
        account.Email,
        account.VerifiedName is not null,
        head is null ? null : row.PaymentPasswordHash is not null,
        head is null ? null : OwnLimitsView.Of(head.Own),
        row.UnfreezeAskedAt,
        account.CreatedAt,
        account.Language,
        head is null ? null : ChannelsView.Of(account.Notifications));

    /// <summary>The channels outside the app for one topic.</summary>
    internal sealed record ChannelsView(bool Sms, bool Mail)
    {
        public static IReadOnlyDictionary<string, ChannelsView> Of(NotificationSettings settings) => NotificationTopic.All.ToDictionary(
            topic => topic, topic => new ChannelsView(settings.For(topic).Sms, settings.For(topic).Mail), StringComparer.Ordinal);
    }

    /// <summary>The limits that the owner set; absent where none is.</summary>
    internal sealed record OwnLimitsView(Money? PerTransaction, Money? Daily)
    {
        public static OwnLimitsView Of(OwnLimits own) => new(
            own.PerTransaction is { } most ? Money.Fen(most) : null,
            own.Daily is { } daily ? Money.Fen(daily) : null);
    }
}
