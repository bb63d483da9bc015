using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Functions.Tests.Accounts;

/// <summary>Reads codes as their receivers do, and signs as their devices do.</summary>
internal static class Codes
{
    /// <summary>The newest code that went to somebody; null where none did.</summary>
    public static async Task<string?> NewestAsync(TestApp app, string to)
    {
        var items = (await app.Anonymous.GetAsync($"sandbox/outbox?to={Uri.EscapeDataString(to)}&limit=10")).Must(HttpStatusCode.OK).Items();
        return items.Select(item => item.TryGetProperty("code", out var code) ? code.GetString() : null).FirstOrDefault(code => code is not null);
    }

    /// <summary>A code that is not this one.</summary>
    public static string Other(string? code) => code == "000000" ? "000001" : "000000";

    public static string Spki(ECDsa key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>ES256 over the challenge id's UTF-8 bytes.</summary>
    public static string Sign(ECDsa key, string challengeId, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation) =>
        Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(challengeId), HashAlgorithmName.SHA256, format));
}
