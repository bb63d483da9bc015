using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>/v1/me: the caller's own profile and sessions.</summary>
public sealed class MeFunctions(AccountDirectory accounts, Sessions sessions)
{
    [Function("Me")]
    [Access(Role.SignedIn)]
    [Operation("The caller's profile", Response = typeof(Profile))]
    public async Task<IResult> Me([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me")] HttpRequest request, CancellationToken cancellationToken) =>
        await accounts.FindAsync(request.Caller().Account, cancellationToken) is { } account
            ? Answers.Ok(Profile.Of(account))
            : Answers.Problem(request, PlatformErrors.NotFound);

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
        var all = (await sessions.ListAsync(caller.Account, cancellationToken)).ToList();
        var start = page.Value.Cursor is { } after ? all.FindIndex(row => row.SessionId == after) + 1 : 0;
        var shown = all.Skip(start).Take(page.Value.Limit).ToList();
        var more = start + shown.Count < all.Count;
        return Answers.List(shown.ConvertAll(row => SessionAnswer.Of(row, caller)), more ? shown[^1].SessionId : null);
    }

    [Function("EndSession")]
    [Access(Role.SignedIn)]
    [Operation("Sign out elsewhere", Status = 204, Codes = ["not_found"])]
    public async Task<IResult> EndSession([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/sessions/{sessionId}")] HttpRequest request, string sessionId, CancellationToken cancellationToken) =>
        sessionId.Length <= 64 && sessionId.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && await sessions.RevokeAsync(request.Caller().Account, sessionId, cancellationToken)
            ? Answers.NoContent()
            : Answers.Problem(request, PlatformErrors.NotFound);

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
        DateTimeOffset CreatedAt)
    {
        public static Profile Of(Account account) => new(
            account.AccountId,
            account.WalletId,
            account.Role,
            account.WalletId is null ? null : account.Class.ToString(),
            account.Status,
            account.DisplayName,
            account.MaskedName,
            account.Phone.Value,
            account.Email,
            account.VerifiedName is not null,
            account.CreatedAt);
    }

    internal sealed record SessionAnswer(string SessionId, bool IsCurrent, string? DeviceId, string? Address, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt)
    {
        public static SessionAnswer Of(SessionRow row, Caller caller) =>
            new(row.SessionId, row.SessionId == caller.SessionId, row.DeviceId, row.Address, row.CreatedAt, row.RotatedAt, row.ExpiresAt);
    }
}
