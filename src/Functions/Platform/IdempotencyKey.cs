using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>The key under which a client repeats a request: 1 to 255 visible ASCII characters.</summary>
public sealed record IdempotencyKey
{
    private const int MaxLength = 255;

    private IdempotencyKey(string value) => Value = value;

    /// <summary>As sent. It may hold anything visible: hash it before it becomes a row's key.</summary>
    public string Value { get; }

    internal static Result<IdempotencyKey> Read(HttpRequest request)
    {
        var header = request.Headers["Idempotency-Key"];
        if (header.Count == 0 || header.ToString().Length == 0)
        {
            return PlatformErrors.IdempotencyKeyRequired;
        }

        var text = header.ToString();
        return header.Count == 1 && text.Length <= MaxLength && text.All(c => c is > ' ' and <= '~')
            ? new IdempotencyKey(text)
            : PlatformErrors.IdempotencyKeyInvalid;
    }
}
