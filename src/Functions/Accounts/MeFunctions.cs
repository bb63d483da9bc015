using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts;

/// <summary>/v1/me: the caller's own profile and sessions.</summary>
public sealed class MeFunctions(Profiles profiles, Sessions sessions, Secrets secrets)
{
    [Function("Me")]
    [Access(Role.SignedIn)]
    [Operation("The caller's profile", Response = typeof(Profile))]
    public async Task<IResult> Me([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken) =>
        Shown(await profiles.ReadAsync(request.Caller(), cancellationToken));

    [Function("ChangeMe")]
    [Access(Role.SignedIn)]
    [Operation("Change one's name as shown, language, notification channels, or one's own limits: lowering is at once, raising or lifting (null) needs confirm and is then at once too", Request = typeof(ProfileChangeRequest), Response = typeof(Profile),
        Codes = ["confirmation_locked", "confirmation_required", "confirmation_wrong", "currency_mismatch", "notification_channel_required", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set", "precondition_failed"])]
    public async Task<IResult> Change([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var change = ProfileChange.Ask(form, request.Caller());
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var changed = ETags.Check(request, (await profiles.ReadAsync(request.Caller(), cancellationToken)).Tag) is { } stale
            ? stale
            : await profiles.ChangeAsync(request.Caller(), change, form.Fingerprint(secrets.Key("fingerprints")), cancellationToken);
        return changed.IsOk ? Shown(changed.Value) : Answers.Problem(request, changed.Error);
    }

    [Function("ListSessions")]
    [Access(Role.SignedIn)]
    [Operation("Where the caller is signed in", Response = typeof(SessionAnswer), IsList = true)]
    public async Task<IResult> ListSessions([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/sessions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var caller = request.Caller();
        var (shown, next) = page.Value.Of(await sessions.ListAsync(caller.Account, cancellationToken), row => row.SessionId);
        return Answers.List(shown.Select(row => SessionAnswer.Of(row, caller)).ToList(), next);
    }

    [Function("EndSession")]
    [Access(Role.SignedIn)]
    [Operation("Sign out elsewhere", Status = 204, Codes = ["not_found"])]
    public async Task<IResult> EndSession([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/sessions/{sessionId}")] HttpRequest request, string sessionId, CancellationToken cancellationToken) =>
        sessionId.Length <= 64 && sessionId.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && await sessions.RevokeAsync(request.Caller().Account, sessionId, cancellationToken)
            ? Answers.NoContent()
            : Answers.Problem(request, PlatformErrors.NotFound);

    private static IResult Shown(Profile profile) => Answers.Ok(profile, profile.Tag);

    internal sealed record ProfileChangeRequest(string? DisplayName, Language? Language, NotificationsRequest? Notifications, OwnLimitsRequest? OwnLimits, ConfirmForm? Confirm);

    /// <summary>One member for each topic.</summary>
    internal sealed record NotificationsRequest(
        ChannelsRequest? Withdrawal, ChannelsRequest? Refund, ChannelsRequest? Transfer, ChannelsRequest? Security, ChannelsRequest? Merchant, ChannelsRequest? Support);

    internal sealed record ChannelsRequest(bool? Sms, bool? Mail);

    internal sealed record OwnLimitsRequest(Money? PerTransaction, Money? Daily);

    internal sealed record SessionAnswer(string SessionId, bool IsCurrent, string? DeviceId, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt)
    {
        public static SessionAnswer Of(SessionRow row, Caller caller) =>
            new(row.SessionId, row.SessionId == caller.SessionId, row.DeviceId, row.Address, row.CreatedAt, row.RotatedAt, row.ExpiresAt);
    }
}
