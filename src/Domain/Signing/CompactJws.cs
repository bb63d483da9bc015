using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace WalletFunctions.Domain.Signing;

/// <summary>JSON signed with ES256 in the compact form of RFC 7515: header, payload and signature in base64url, joined by dots.</summary>
public static class CompactJws
{
    private const string Algorithm = "ES256";
    private const int SignatureBytes = 64;

    /// <summary>Signs a payload.</summary>
    /// <param name="key">A P-256 key with its private half.</param>
    /// <param name="keyId">Names the key; ASCII without quotes.</param>
    /// <param name="type">What kind of thing is signed (<c>typ</c>), so that one cannot pass for another; ASCII without quotes.</param>
    /// <param name="payload">The exact bytes.</param>
    public static string Sign(ECDsa key, string keyId, string type, ReadOnlySpan<byte> payload)
    {
        var header = $$"""{"alg":"{{Algorithm}}","kid":"{{keyId}}","typ":"{{type}}"}""";
        var signed = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header)) + "." + Base64Url.EncodeToString(payload);
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return signed + "." + Base64Url.EncodeToString(signature);
    }

    /// <summary>Checks a signed text against keys that the reader trusts. Never throws, whatever the text is.</summary>
    /// <param name="text">The compact form, nothing around it.</param>
    /// <param name="type">What <c>typ</c> must be.</param>
    /// <param name="keys">The published keys.</param>
    public static JwsCheck Check(string text, string type, PublicKeySet keys)
    {
        var parts = text.Split('.');
        if (parts.Length != 3 || Decode(parts[0]) is not { } headerBytes || Decode(parts[1]) is not { } payload || Decode(parts[2]) is not { Length: SignatureBytes } signature)
        {
            return new JwsCheck(JwsFault.NotCompact, null, null);
        }

        if (Header.Read(headerBytes) is not { } header)
        {
            return new JwsCheck(JwsFault.HeaderUnreadable, null, null);
        }

        // The algorithm is ours to say, never the text's: "none" and its relatives end here.
        if (header.Algorithm != Algorithm || header.HasCritical || header.Type != type)
        {
            return new JwsCheck(JwsFault.OtherKind, header.KeyId, null);
        }

        var named = keys.Keys.Where(key => key.Kid == header.KeyId).ToList();
        if (named.Count == 0)
        {
            return new JwsCheck(JwsFault.KeyUnknown, header.KeyId, null);
        }

        var signed = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);
        foreach (var candidate in named)
        {
            using var key = candidate.Open();
            if (key?.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) == true)
            {
                return new JwsCheck(JwsFault.None, header.KeyId, payload);
            }
        }

        return new JwsCheck(JwsFault.SignatureWrong, header.KeyId, null);
    }

    /// <summary>Only the one spelling that <see cref="Sign"/> gives: base64 has bits to spare at its end, which must not be changed unseen.</summary>
    private static byte[]? Decode(string part)
    {
        if (part.Length == 0 || !Base64Url.IsValid(part))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(part);
        return Base64Url.EncodeToString(bytes) == part ? bytes : null;
    }

    private sealed record Header(string? Algorithm, string? KeyId, string? Type, bool HasCritical)
    {
        public static Header? Read(byte[] json)
        {
            try
            {
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
                var root = document.RootElement;
                string? Member(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                return root.ValueKind == JsonValueKind.Object ? new Header(Member("alg"), Member("kid"), Member("typ"), root.TryGetProperty("crit", out _)) : null;
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                // Not JSON; or text in it that is not Unicode, which is found only when it is read.
                return null;
            }
        }
    }
}

/// <summary>What a check found.</summary>
/// <param name="Fault">What is wrong; <see cref="JwsFault.None"/> when the signature holds.</param>
/// <param name="KeyId">The key that the text names, as far as it could be read.</param>
/// <param name="Payload">The signed bytes; null unless the signature holds.</param>
public sealed record JwsCheck(JwsFault Fault, string? KeyId, byte[]? Payload);

/// <summary>Why a signed text is not accepted.</summary>
public enum JwsFault
{
    /// <summary>It is accepted.</summary>
    None = 0,

    /// <summary>Not three base64url parts with a signature of 64 bytes.</summary>
    NotCompact,

    /// <summary>Its header is not JSON.</summary>
    HeaderUnreadable,

    /// <summary>Another algorithm, another kind of thing, or extensions that must be understood.</summary>
    OtherKind,

    /// <summary>The key that it names is not among those published.</summary>
    KeyUnknown,

    /// <summary>The signature does not fit: something was changed, or another key signed it.</summary>
    SignatureWrong,
}
