using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>What a sign-in gives.</summary>
internal sealed record SignedIn(string AccessToken, string RefreshToken, int ExpiresIn, string TokenType = "Bearer");

/// <summary>Signing in by password (and second factor), and staying signed in.</summary>
public sealed class SignIn
{
    private readonly AccountDirectory accounts;
    private readonly Sessions sessions;
    private readonly AccessTokens tokens;
    private readonly FailureTable failures;
    private readonly SignInProofs proofs;
    private readonly SecurityNews news;
    private readonly Secrets secrets;
    private readonly MachineClock clock;

    internal SignIn(AccountDirectory accounts, Sessions sessions, AccessTokens tokens, FailureTable failures, SignInProofs proofs, SecurityNews news, Secrets secrets, MachineClock clock) =>
        (this.accounts, this.sessions, this.tokens, this.failures, this.proofs, this.news, this.secrets, this.clock) =
        (accounts, sessions, tokens, failures, proofs, news, secrets, clock);

    internal async Task<Result<SignedIn>> ByPasswordAsync(PhoneNumber phone, string password, string? totp, Caller caller, CancellationToken cancellationToken)
    {
        var subject = failures.SignIn(phone, caller);
        var failed = await failures.ReadAsync(subject, cancellationToken);
        if (failed.LockedFor(clock.GetUtcNow()) is { } left)
        {
            return IdentityErrors.AccountLocked(left);
        }

        var row = await accounts.FindRowByPhoneAsync(phone, cancellationToken);
        switch (await proofs.CheckAsync(row, password, totp, cancellationToken))
        {
            case ProofOutcome.TotpMissing:
                return IdentityErrors.TotpRequired;
            case ProofOutcome.Wrong:
                await failures.AddAsync(subject, cancellationToken);
                return IdentityErrors.WrongCredentials;
            case ProofOutcome.Right:
                break;
            default:
                throw new InvalidOperationException("Unknown outcome.");
        }

        if (failed.Count > 0)
        {
            await failures.ClearAsync(subject, cancellationToken);
        }

        var account = AccountId.Of(row!.AccountId);
        var session = await sessions.OpenAsync(account, caller, cancellationToken);
        var answer = await AnswerAsync(session, cancellationToken);
        if (answer.IsOk)
        {
            news.SignedIn(session, caller.DeviceId);
        }

        return answer;
    }

    internal async Task<Result<SignedIn>> ByRefreshTokenAsync(string refreshToken, CancellationToken cancellationToken) =>
        await sessions.RefreshAsync(refreshToken, cancellationToken) is { } successor
            ? await AnswerAsync(successor, cancellationToken)
            : IdentityErrors.WrongCredentials;

    private async Task<Result<SignedIn>> AnswerAsync(RefreshToken refresh, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(refresh.Account, cancellationToken);
        if (account is null || account.Status == AccountStatus.Closed)
        {
            return IdentityErrors.WrongCredentials;
        }

        var access = await tokens.IssueAsync(account, refresh.SessionId, cancellationToken);
        return new SignedIn(access, refresh.Write(secrets), (int)AccessTokens.Lifetime.TotalSeconds);
    }
}
