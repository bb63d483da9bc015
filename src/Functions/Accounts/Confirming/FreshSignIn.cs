using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>
/// Whether a session is so young that signing in counts as proof: who finds an open app an hour later must prove more before
/// changing what money is protected by.
/// </summary>
public sealed class FreshSignIn(Sessions sessions, MachineClock clock)
{
    /// <summary>Machine time since signing in; refreshing a token does not count.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    internal async Task<bool> IsFreshAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.SessionId is { } session
        && await sessions.OpenedAtAsync(caller.Account, session, cancellationToken) is { } opened
        && clock.GetUtcNow() - opened < Fresh;
}
