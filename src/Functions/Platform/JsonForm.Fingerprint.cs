using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace WalletFunctions.Platform;

/// <content>What makes two requests the same request.</content>
internal sealed partial class JsonForm
{
    /// <summary>The member that proves consent; a retry adds it to the request it belongs to, so it is not part of it.</summary>
    private const string Confirm = "confirm";

    /// <summary>
    /// A keyed hash of what the body says: members in order of their names, nulls left out, without <c>confirm</c>. Keyed,
    /// because bodies hold guessable personal data.
    /// </summary>
    /// <returns>64 hexadecimal characters.</returns>
    public string Fingerprint(ReadOnlySpan<byte> secret)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteCanonical(writer, members, outermost: true);
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(secret, buffer.WrittenSpan));
    }

    private static void WriteCanonical(Utf8JsonWriter writer, JsonElement element, bool outermost = false)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
            {
                if (member.Value.ValueKind != JsonValueKind.Null && !(outermost && member.NameEquals(Confirm)))
                {
                    writer.WritePropertyName(member.Name);
                    WriteCanonical(writer, member.Value);
                }
            }

            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in element.EnumerateArray())
            {
                WriteCanonical(writer, item);
            }

            writer.WriteEndArray();
        }
        else
        {
            element.WriteTo(writer);
        }
    }
}
