using WalletFunctions.Domain;

namespace WalletFunctions.Platform.Partners;

/// <summary>Refusals of what claims to come from a partner, or from us.</summary>
internal static class PartnerErrors
{
    /// <summary>A signed message whose signature, id or time is missing or wrong.</summary>
    public static DomainError BadSignature { get; } = new(
        "bad_signature",
        ErrorKind.Unauthenticated,
        new("签名无效。", "The signature is not valid."));
}
