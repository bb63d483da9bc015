using WalletFunctions.Accounts.Codes;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>
/// Proofs that a customer agrees to one request: a one-time code, the payment password, or a device key's signature. A
/// request that needs one is refused with a challenge; repeated with <c>confirm</c>, under the same key, it goes on.
/// </summary>
public sealed class Confirmations : IConfirmations
{
    /// <summary>Codes for one account's own requests. Above it a challenge still stands, and other proofs answer it.</summary>
    private static readonly RateLimit Codes = new("confirm-codes", 30, TimeSpan.FromMinutes(10));

    private readonly AccountDirectory accounts;
    private readonly Challenges challenges;
    private readonly PaymentPasswords paymentPasswords;
    private readonly DeviceKeys deviceKeys;
    private readonly RateLimits limits;
    private readonly Secrets secrets;

    internal Confirmations(AccountDirectory accounts, Challenges challenges, PaymentPasswords paymentPasswords, DeviceKeys deviceKeys, RateLimits limits, Secrets secrets) =>
        (this.accounts, this.challenges, this.paymentPasswords, this.deviceKeys, this.limits, this.secrets) = (accounts, challenges, paymentPasswords, deviceKeys, limits, secrets);

    /// <summary>Lets a request pass that is confirmed, and refuses one that is not with a challenge.</summary>
    /// <param name="about">What the request does, for the message with the code.</param>
    /// <returns>Null if it may go on.</returns>
    internal async Task<DomainError?> RequireAsync(Caller caller, ConfirmForm? confirm, ConfirmedRequest request, Text about, CancellationToken cancellationToken) => confirm is null
        ? await ChallengeAsync(caller, request, about, cancellationToken)
        : (await VerifyAsync(caller, confirm, request, cancellationToken)).Error;

    async Task<Result<Confirmation>> IConfirmations.VerifyAsync(Caller caller, ConfirmForm? confirm, ConfirmedRequest request, CancellationToken cancellation) =>
        await VerifyAsync(caller, confirm, request, cancellation);

    async Task<DomainError> IConfirmations.ChallengeAsync(Caller caller, ConfirmedRequest request, Text about, CancellationToken cancellation) =>
        await ChallengeAsync(caller, request, about, cancellation);

    /// <summary>Checks a proof, and uses it up.</summary>
    /// <returns>How it was confirmed; <see cref="Confirmation.None"/> where no proof was sent.</returns>
    internal async Task<Result<Confirmation>> VerifyAsync(Caller caller, ConfirmForm? confirm, ConfirmedRequest request, CancellationToken cancellationToken)
    {
        if (confirm is null)
        {
            return Confirmation.None;
        }

        var (kind, refusal) = confirm switch
        {
            { PaymentPassword: { } typed } => (Confirmation.PaymentPassword, await paymentPasswords.VerifyAsync(caller.Account, typed, cancellationToken)),
            { ChallengeId: { } challenge, Otp: { } otp } => (Confirmation.Code, await challenges.ConfirmAsync(
                challenge, caller.Account, BindingOf(caller, request), row => challenges.Matches(row, otp), UseOf(request), cancellationToken)),
            _ => (Confirmation.DeviceKey, await VerifySignatureAsync(caller, confirm, request, cancellationToken)),
        };
        return refusal is null ? kind : refusal;
    }

    /// <summary>The refusal that asks for a proof: a challenge for this request, and the ways in which this customer can answer it.</summary>
    internal async Task<DomainError> ChallengeAsync(Caller caller, ConfirmedRequest request, Text about, CancellationToken cancellationToken)
    {
        var row = await accounts.FindRowAsync(caller.Account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
        var keys = await deviceKeys.ListAsync(caller.Account, cancellationToken);
        var (mayText, _, _) = await limits.TakeAsync(Codes, caller.Account.Value, cancellationToken);
        var issued = await challenges.IssueAsync(
            new ChallengeOrder(ChallengePurpose.Confirm, CodeAddress.Of(accounts.PhoneOf(row)), caller.Language)
            {
                Account = caller.Account,
                Binding = BindingOf(caller, request),
                About = about,
                SendCode = mayText,
            },
            cancellationToken);
        List<string> methods = [];
        Offer("payment_password", row.PaymentPasswordHash is not null);
        Offer("otp", issued.HasCode);
        Offer("device_key", keys.Count > 0);
        return LedgerErrors.ConfirmationRequired with
        {
            Extensions = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["challengeId"] = issued.ChallengeId,
                ["methods"] = methods,
                ["expiresAt"] = issued.ExpiresAt,
            },
        };

        void Offer(string method, bool isThere)
        {
            if (isThere)
            {
                methods.Add(method);
            }
        }
    }

    private async Task<DomainError?> VerifySignatureAsync(Caller caller, ConfirmForm confirm, ConfirmedRequest request, CancellationToken cancellationToken)
    {
        var binding = BindingOf(caller, request);
        if (await deviceKeys.FindAsync(caller.Account, confirm.DeviceKeyId!.Value, cancellationToken) is not { } key
            || (confirm.ChallengeId ?? await challenges.NewestAsync(binding, cancellationToken)) is not { } challenge)
        {
            return ConfirmationErrors.ConfirmationWrong;
        }

        var refusal = await challenges.ConfirmAsync(
            challenge, caller.Account, binding, row => key.PublicKey.HasSigned(row.ToId().Value, confirm.Signature!), UseOf(request), cancellationToken);
        return refusal == ConfirmationErrors.OtpWrong ? ConfirmationErrors.ConfirmationWrong : refusal;
    }

    private string BindingOf(Caller caller, ConfirmedRequest request) => challenges.Binding(caller.Account, request.Route, request.Fingerprint);

    private string UseOf(ConfirmedRequest request) => secrets.Lookup("confirmed-requests", $"{request.Route}\n{request.Fingerprint}\n{request.Key}");
}
