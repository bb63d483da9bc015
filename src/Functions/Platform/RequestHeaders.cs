using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Reads the headers that every request may carry. What is ill formed counts as absent: none of them is worth a refusal.</summary>
internal static class RequestHeaders
{
    public const string RequestId = "X-Request-Id";

    private const int MaxIdLength = 128;

    /// <summary>What may be echoed and logged safely.</summary>
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    public static Caller Anonymous(HttpRequest request) => new(
        AccountId: null,
        Role.Anonymous,
        LanguageOf(request),
        WellFormed(request.Headers[RequestId]) ?? NewRequestId(),
        WellFormed(request.Headers["X-Device-Id"]),
        request.HttpContext.Connection.RemoteIpAddress);

    /// <summary>The first range that the product speaks, in the caller's order of preference (RFC 9110, 12.5.4).</summary>
    public static Language LanguageOf(HttpRequest request)
    {
        var best = (Language: Language.Zh, Quality: 0m);
        foreach (var range in request.Headers.AcceptLanguage.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            Language? language = parts[0] switch
            {
                _ when parts[0].StartsWith("zh", StringComparison.OrdinalIgnoreCase) => Language.Zh,
                "*" => Language.Zh,
                _ when parts[0].StartsWith("en", StringComparison.OrdinalIgnoreCase) => Language.En,
                _ => null,
            };
            var quality = 1m;
            if (parts.Length > 1 && parts[1].StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                quality = decimal.TryParse(parts[1].AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0m;
            }

            if (language is { } known && quality > best.Quality)
            {
                best = (known, quality);
            }
        }

        return best.Language;
    }

    private static string? WellFormed(string? value) =>
        value is { Length: > 0 and <= MaxIdLength } && !value.AsSpan().ContainsAnyExcept(IdCharacters) ? value : null;

    private static string NewRequestId() => "req_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
}
