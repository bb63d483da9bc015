using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>A row's ETag as clients see it, and the check of theirs.</summary>
internal static class ETags
{
    /// <summary>A strong tag; hashed, because the storage's own tag tells the time of the last write.</summary>
    public static string Of(ETag row) => $"\"{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(row.ToString())).AsSpan(0, 12))}\"";

    /// <summary>Null when the request has no If-Match, or one that names the row as it is (RFC 9110, 13.1.1).</summary>
    public static DomainError? Check(HttpRequest request, ETag row)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*")
        {
            return null;
        }

        return header.Split(',', StringSplitOptions.TrimEntries).Contains(Of(row), StringComparer.Ordinal) ? null : PlatformErrors.PreconditionFailed;
    }
}
