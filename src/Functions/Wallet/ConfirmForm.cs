using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>The member <c>confirm</c> of a request: exactly one of three proofs.</summary>
/// <param name="PaymentPassword">Six digits.</param>
/// <param name="ChallengeId">The challenge that <paramref name="Otp"/> or <paramref name="Signature"/> answers; a signature may leave it out and then answers the request's newest.</param>
/// <param name="Otp">The code that was sent.</param>
/// <param name="DeviceKeyId">The key that made <paramref name="Signature"/>.</param>
/// <param name="Signature">ES256 over the challenge id's UTF-8 bytes, base64 or base64url.</param>
internal sealed record ConfirmForm(string? PaymentPassword, ChallengeId? ChallengeId, string? Otp, DeviceKeyId? DeviceKeyId, string? Signature)
{
    private const int LongestCode = 12;
    private const int LongestSignature = 512;

    /// <summary>Reads it; null where the request has none.</summary>
    public static ConfirmForm? Ask(JsonForm form)
    {
        if (form.Object("confirm") is not { } confirm)
        {
            return null;
        }

        var asked = new ConfirmForm(
            confirm.OptionalString("paymentPassword", LongestCode),
            confirm.OptionalId<ChallengeId>("challengeId"),
            confirm.OptionalString("otp", LongestCode),
            confirm.OptionalId<DeviceKeyId>("deviceKeyId"),
            confirm.OptionalString("signature", LongestSignature));
        if (!asked.IsOneProof)
        {
            form.Fail(FieldErrors.Invalid("confirm", new(
                "须为 {paymentPassword}、{challengeId, otp} 或 {deviceKeyId, signature} 之一。", "it must be one of {paymentPassword}, {challengeId, otp} and {deviceKeyId, signature}.")));
        }

        return asked;
    }

    private bool IsOneProof => this switch
    {
        { PaymentPassword: not null } => this == new ConfirmForm(PaymentPassword, null, null, null, null),
        { Otp: not null } => ChallengeId is not null && this is { DeviceKeyId: null, Signature: null },
        _ => this is { DeviceKeyId: not null, Signature: not null },
    };
}
