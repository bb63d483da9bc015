using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="Cursor">The continuation that the feature gave with the page before; null on the first.</param>
internal sealed record Page(int Limit, string? Cursor)
{
    /// <summary>This page of a short list that is in memory as a whole.</summary>
    /// <param name="all">In the order in which it is shown.</param>
    /// <param name="id">Names an item; where the one that a page ended with is gone since, the list begins anew.</param>
    /// <returns>The items, and where the next page starts; null when nothing is left.</returns>
    public (IReadOnlyList<T> Items, string? Continuation) Of<T>(IReadOnlyList<T> all, Func<T, string> id)
    {
        var start = 0;
        for (var i = 0; Cursor is not null && i < all.Count; i++)
        {
            start = id(all[i]) == Cursor ? i + 1 : start;
        }

        T[] items = [.. all.Skip(start).Take(Limit)];
        return (items, start + items.Length < all.Count ? id(items[^1]) : null);
    }
}

/// <summary>
/// Reads <c>?limit=</c> and <c>?cursor=</c>. A cursor is the feature's continuation with a keyed hash over it, the route and
/// the caller: it cannot be made up, nor used by somebody else or on another list. It is not encrypted.
/// </summary>
internal static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private const int SealBytes = 16;
    private const int MaxCursorLength = 2048;

    public static Result<Page> Read(HttpRequest request)
    {
        var limit = DefaultLimit;
        var limitText = request.Query["limit"].ToString();
        if (limitText.Length > 0 && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return PlatformErrors.Validation([FieldErrors.Invalid("limit", new($"须为 1 至 {MaxLimit} 的整数。", $"it must be a whole number from 1 to {MaxLimit}."))]);
        }

        var cursor = request.Query["cursor"].ToString();
        if (cursor.Length == 0)
        {
            return new Page(limit, null);
        }

        return Open(request, cursor) is { } continuation ? new Page(limit, continuation) : PlatformErrors.InvalidCursor;
    }

    public static string Seal(HttpRequest request, string continuation)
    {
        var text = Encoding.UTF8.GetBytes(continuation);
        return Base64Url.EncodeToString([.. SealOf(request, text), .. text]);
    }

    private static string? Open(HttpRequest request, string cursor)
    {
        if (cursor.Length > MaxCursorLength || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(cursor);
        return bytes.Length > SealBytes && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, SealBytes), SealOf(request, bytes.AsSpan(SealBytes)))
            ? Encoding.UTF8.GetString(bytes.AsSpan(SealBytes))
            : null;
    }

    private static byte[] SealOf(HttpRequest request, ReadOnlySpan<byte> continuation)
    {
        var secret = request.HttpContext.RequestServices.GetRequiredService<Secrets>().Key("cursors");
        var scope = Encoding.UTF8.GetBytes($"{request.Path}\n{request.Caller().AccountId}\n");
        byte[] sealedText = [.. scope, .. continuation];
        return HMACSHA256.HashData(secret, sealedText)[..SealBytes];
    }
}
