using WalletFunctions.Domain;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>The one request that a proof of consent is good for.</summary>
/// <param name="Route">Method and path: <c>POST /v1/transfers</c>.</param>
/// <param name="Fingerprint">Of the body without <c>confirm</c>: another amount or payee is another request.</param>
/// <param name="Key">The idempotency key, or what stands for it. A code confirms one request under one key; the same again is a repeat of it.</param>
internal sealed record ConfirmedRequest(string Route, string Fingerprint, string Key);

/// <summary>Asks customers to confirm a move, and checks that they did.</summary>
internal interface IConfirmations
{
    /// <summary>Checks a proof for one request, and uses it up.</summary>
    /// <param name="caller">Whose proof it is.</param>
    /// <param name="confirm">What was sent.</param>
    /// <param name="request">What it must be good for.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How it was confirmed; <see cref="Confirmation.None"/> where no proof was sent.</returns>
    Task<Result<Confirmation>> VerifyAsync(Caller caller, ConfirmForm? confirm, ConfirmedRequest request, CancellationToken cancellation);

    /// <summary>Makes the challenge for a request that needs a confirmation.</summary>
    /// <param name="caller">Whose request it is.</param>
    /// <param name="request">What the proof will be good for.</param>
    /// <param name="about">What the request does, for the message with the code.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="Domain.Books.LedgerErrors.ConfirmationRequired"/> with the members <c>challengeId</c>, <c>methods</c> and <c>expiresAt</c>.</returns>
    Task<DomainError> ChallengeAsync(Caller caller, ConfirmedRequest request, Text about, CancellationToken cancellation);
}
