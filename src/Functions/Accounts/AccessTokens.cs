using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Access tokens: JWTs signed with ES256, good for 15 minutes of machine time while their session lasts.</summary>
internal sealed class AccessTokens(SigningKeys keys, Sessions sessions, MachineClock clock) : IBearerTokens
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Issuer = "wallet-functions";
    private const string WalletClaim = "wal";
    private const string RoleClaim = "role";
    private const string SessionClaim = "sid";
    private const int MaxLength = 4096;
    private const int MostKnown = 20_000;

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    // A client sends its token with every call: the signature is checked once, the session each time.
    private readonly ConcurrentDictionary<string, Bearer> known = new(StringComparer.Ordinal);

    public async Task<string> IssueAsync(Account account, string sessionId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [JwtRegisteredClaimNames.Sub] = account.AccountId.Value,
            [RoleClaim] = account.Role.ToString(),
            [SessionClaim] = sessionId,
            // Two tokens of one second must differ, or a client could not tell them apart in its logs.
            [JwtRegisteredClaimNames.Jti] = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)),
        };
        if (account.WalletId is { } wallet)
        {
            claims[WalletClaim] = wallet.Value;
        }

        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials((await keys.AccessTokens.CurrentAsync(cancellationToken)).Pair, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async ValueTask<Caller?> IdentifyAsync(string token, Caller anonymous, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > MaxLength)
        {
            return null;
        }

        if (!known.TryGetValue(token, out var bearer))
        {
            bearer = await ReadAsync(token, cancellationToken);
            if (bearer is null)
            {
                return null;
            }

            if (known.Count >= MostKnown)
            {
                known.Clear();
            }

            known[token] = bearer;
        }

        if (clock.GetUtcNow() >= bearer.Expires)
        {
            known.TryRemove(token, out _);
            return null;
        }

        return await sessions.IsAliveAsync(bearer.SessionId, cancellationToken)
            ? anonymous with { AccountId = bearer.Account, Role = bearer.Role, WalletId = bearer.Wallet, SessionId = bearer.SessionId }
            : null;
    }

    /// <summary>Who a token names; null if it is not one of ours, or its time is over.</summary>
    private async Task<Bearer?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var validated = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKey = (await keys.AccessTokens.CurrentAsync(cancellationToken)).Pair,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && clock.GetUtcNow() < new DateTimeOffset(end, TimeSpan.Zero),
        });
        if (!validated.IsValid
            || !Id.TryParse<AccountId>(Claim(validated, JwtRegisteredClaimNames.Sub), out var account)
            || !Enum.TryParse<Role>(Claim(validated, RoleClaim), out var role)
            || Claim(validated, SessionClaim) is not { } sessionId)
        {
            return null;
        }

        return new Bearer(
            account,
            role,
            Id.TryParse<WalletId>(Claim(validated, WalletClaim), out var wallet) ? wallet : null,
            sessionId,
            new DateTimeOffset(validated.SecurityToken.ValidTo, TimeSpan.Zero));
    }

    private static string? Claim(TokenValidationResult validated, string name) =>
        validated.Claims.TryGetValue(name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <summary>What a good token says.</summary>
    private sealed record Bearer(AccountId Account, Role Role, WalletId? Wallet, string SessionId, DateTimeOffset Expires);
}
