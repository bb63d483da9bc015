using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>
/// A request body, read strictly: every member asked for by name and kind, every mistake collected, every member that
/// nobody asked for refused. Ask for all members first, then call <see cref="Finish"/>; until it answers null the values
/// are placeholders.
/// </summary>
internal sealed partial class JsonForm
{
    /// <summary>The largest body.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>No request of the contract nests deeper than 4; deeper input only costs stack.</summary>
    private const int MaxDepth = 16;

    private const int MaxErrors = 20;
    private const int MaxEchoedName = 64;

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    private readonly JsonElement members;
    private readonly string path;
    private readonly List<FieldError> errors;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);
    private readonly List<JsonForm> inner = [];

    private JsonForm(JsonElement members, string path, List<FieldError> errors) => (this.members, this.path, this.errors) = (members, path, errors);

    /// <summary>Reads the body of a request that must have one.</summary>
    public static async Task<Result<JsonForm>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(request, cancellationToken);
        return body.IsOk ? Parse(body.Value) : body.Error;
    }

    /// <summary>Reads the body of a request that may have none, which counts as an empty object.</summary>
    public static async Task<Result<JsonForm>> ReadOptionalAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(request, cancellationToken);
        return body.IsOk ? Parse(body.Value.Length == 0 ? "{}"u8.ToArray() : body.Value) : body.Error;
    }

    /// <summary>Reads a body's bytes: UTF-8, strict JSON, an object.</summary>
    public static Result<JsonForm> Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            // The reader checks the text of strings only when it is asked for; here it is asked for once, up front.
            if (!Utf8.IsValid(body.Span))
            {
                return PlatformErrors.BodyMalformed;
            }

            using var document = JsonDocument.Parse(body, Strict);
            ReadEveryString(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonForm(document.RootElement.Clone(), "", [])
                : PlatformErrors.BodyMissing;
        }
        catch (JsonException)
        {
            return PlatformErrors.BodyMalformed;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return PlatformErrors.BodyMalformed;
        }
    }

    /// <summary>Reads at most <paramref name="limit"/> bytes of a body.</summary>
    public static async Task<Result<ReadOnlyMemory<byte>>> BodyAsync(HttpRequest request, CancellationToken cancellationToken, int limit = MaxBytes)
    {
        if (request.ContentLength > limit)
        {
            return PlatformErrors.PayloadTooLarge;
        }

        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 0, 256, limit));
        while (true)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (read == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > limit)
            {
                return PlatformErrors.PayloadTooLarge;
            }
        }
    }

    /// <summary>What is wrong with the request; null when nothing is. Call it once, on the outermost form, after every member was asked for.</summary>
    public DomainError? Finish()
    {
        RefuseUnknown();
        return errors.Count == 0 ? null : PlatformErrors.Validation(errors.Take(MaxErrors).ToList());
    }

    /// <summary>Whether the request has the member, and not as null.</summary>
    public bool Has(string name) => members.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the request has the member as null or blank, where that says more than leaving it out. Ask for the member as well.</summary>
    public bool IsBlank(string name) => members.TryGetProperty(name, out var value)
        && (value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString())));

    /// <summary>Adds a mistake that only the feature can see.</summary>
    public void Fail(FieldError error) => errors.Add(error with { Field = path + error.Field });

    private void RefuseUnknown()
    {
        foreach (var member in members.EnumerateObject())
        {
            if (!asked.Contains(member.Name))
            {
                errors.Add(FieldErrors.Unknown(path + member.Name[..Math.Min(member.Name.Length, MaxEchoedName)]));
            }
        }

        foreach (var form in inner)
        {
            form.RefuseUnknown();
        }
    }

    private static void ReadEveryString(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadEveryString(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadEveryString(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            default:
                break;
        }
    }
}
