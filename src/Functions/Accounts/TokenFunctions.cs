using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>/v1/tokens: signing in, staying signed in, signing out.</summary>
public sealed class TokenFunctions(SignIn signIn, SignInLimiter limiter, Sessions sessions, SigningKeys keys)
{
    private const int MaxPassword = 256;

    [Function("SignIn")]
    [Access(Role.Anonymous)]
    [Operation("Sign in by password, or refresh", Request = typeof(TokenRequest), Response = typeof(SignedIn),
        Codes = ["wrong_credentials", "totp_required", "account_locked", "too_many_requests"])]
    public async Task<IResult> Create([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tokens")] HttpRequest request, CancellationToken cancellationToken)
    {
        if (limiter.Refuse(request) is { } tooMany)
        {
            return Answers.Problem(request, tooMany);
        }

        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var signedIn = form.Enum<Grant>("grant") switch
        {
            Grant.Refresh => Refresh(),
            Grant.Password => Password(),
        };
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var result = await signedIn();
        return result.IsOk ? Answers.Ok(result.Value) : Answers.Problem(request, result.Error);

        Func<Task<Domain.Result<SignedIn>>> Password()
        {
            var phone = form.RequiredPhone("phone");
            var password = form.RequiredString("password", MaxPassword);
            var totp = form.OptionalString("totp", 10);
            return () => signIn.ByPasswordAsync(phone, password, totp, request.Caller(), cancellationToken);
        }

        Func<Task<Domain.Result<SignedIn>>> Refresh()
        {
            var token = form.RequiredString("refreshToken", 400);
            return () => signIn.ByRefreshTokenAsync(token, cancellationToken);
        }
    }

    [Function("SignOut")]
    [Access(Role.SignedIn)]
    [Operation("Sign out: end the session of this access token", Status = 204)]
    public async Task<IResult> Delete([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/tokens/current")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        await sessions.RevokeAsync(caller.Account, caller.SessionId!, cancellationToken);
        return Answers.NoContent();
    }

    [Function("TokenKeys")]
    [Access(Role.Anonymous)]
    [Operation("The keys that access tokens are signed with (RFC 7517)", Response = typeof(PublicKeySet))]
    public async Task<IResult> Keys([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/jwks")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(await keys.AccessTokens.PublishedAsync(cancellationToken));

    internal enum Grant
    {
        Password,
        Refresh,
    }

    internal sealed record TokenRequest(Grant Grant, string? Phone, string? Password, string? Totp, string? RefreshToken);
}
