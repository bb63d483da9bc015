using WalletFunctions.Domain;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Proof of consent, as a request may carry it: exactly one of its three forms.</summary>
internal sealed record ConfirmForm(string? PaymentPassword, string? ChallengeId, string? Otp, string? DeviceKeyId, string? Signature)
{
    /// <summary>Asks a form for its <c>confirm</c>; null where there is none.</summary>
    public static ConfirmForm? Ask(JsonForm form) => form.Object("confirm") is { } confirm
        ? new ConfirmForm(
            confirm.OptionalString("paymentPassword", 6),
            confirm.OptionalString("challengeId", 64),
            confirm.OptionalString("otp", 6),
            confirm.OptionalString("deviceKeyId", 64),
            confirm.OptionalString("signature", 512))
        : null;
}

/// <summary>Asks customers to confirm a move, and checks that they did.</summary>
internal interface IConfirmations
{
    /// <summary>Checks a proof for one request.</summary>
    /// <param name="caller">Whose proof it is.</param>
    /// <param name="confirm">What was sent; null is <see cref="Confirmation.None"/>.</param>
    /// <param name="route">Method and path.</param>
    /// <param name="fingerprint">Of the request without <c>confirm</c>: a proof is good for one request only.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<Result<Confirmation>> VerifyAsync(Caller caller, ConfirmForm? confirm, string route, string fingerprint, CancellationToken cancellation);

    /// <summary>Makes the challenge for a move that needs a confirmation.</summary>
    /// <returns><see cref="Domain.Books.LedgerErrors.ConfirmationRequired"/> with the members that the client needs.</returns>
    Task<DomainError> ChallengeAsync(Caller caller, string route, string fingerprint, Money amount, string? payee, CancellationToken cancellation);
}

/// <summary>No way to confirm is set up: every proof is refused.</summary>
internal sealed class NoConfirmations : IConfirmations
{
    public Task<Result<Confirmation>> VerifyAsync(Caller caller, ConfirmForm? confirm, string route, string fingerprint, CancellationToken cancellation) =>
        Task.FromResult<Result<Confirmation>>(confirm is null ? Confirmation.None : Domain.Books.LedgerErrors.ConfirmationRequired);

    public Task<DomainError> ChallengeAsync(Caller caller, string route, string fingerprint, Money amount, string? payee, CancellationToken cancellation) =>
        Task.FromResult(Domain.Books.LedgerErrors.ConfirmationRequired);
}
