using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>
/// Whether signing in counts as proof: the session is young, since who finds an open app an hour later must prove more before
/// changing what money is protected by; and the device is known, since who stole a password can sign in anywhere.
/// </summary>
public sealed class FreshSignIn(Sessions sessions, KnownDevice device, MachineClock clock)
{
    /// <summary>Machine time since signing in; refreshing a token does not count.</summary>
    internal static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    internal async Task<bool> IsFreshAsync(Caller caller, CancellationToken cancellationToken) =>
        caller.SessionId is { } session
        && await sessions.OpenedAtAsync(caller.Account, session, cancellationToken) is { } opened
        && clock.GetUtcNow() - opened < Fresh
        && await device.IsKnownAsync(caller, cancellationToken);
}
