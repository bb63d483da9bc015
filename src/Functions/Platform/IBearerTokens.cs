namespace WalletFunctions.Platform;

/// <summary>Tells who a bearer token belongs to.</summary>
internal interface IBearerTokens
{
    /// <returns>The caller with its account and role; null for a token that is not, or no longer, good.</returns>
    ValueTask<Caller?> IdentifyAsync(string token, Caller anonymous, CancellationToken cancellationToken);
}
