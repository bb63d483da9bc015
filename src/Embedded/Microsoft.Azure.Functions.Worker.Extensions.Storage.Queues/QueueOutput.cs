using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

// The host reads what the worker returns once more: text that looks like JSON is parsed and written again, indented,
// and an array becomes one message for each element. On the way dates and fractions pass through .NET values, which
// may change them; where that would change the bytes, this refuses instead.

/// <summary>The messages that an output's value becomes.</summary>
internal static partial class QueueOutput
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<BinaryData> Messages(object value, ObjectSerializer serializer) => value switch
    {
        byte[] bytes => [BinaryData.FromBytes(bytes)],
        string text => FromText(text),
        BinaryData or Stream or ReadOnlyMemory<byte> => throw new NotSupportedException(
            $"A [QueueOutput] cannot be a {value.GetType().Name} in the local host; return text, byte[] or an object, or send with a QueueClient."),
        _ => FromText(serializer.Serialize(value, value.GetType()).ToString()),
    };

    private static List<BinaryData> FromText(string text)
    {
        var trimmed = text.Trim();
        if (!(trimmed is ['{', .., '}'] or ['[', .., ']'])) return [BinaryData.FromString(text)];
        JsonElement json;
        try
        {
            json = JsonDocument.Parse(trimmed).RootElement;
        }
        catch (JsonException)
        {
            return [BinaryData.FromString(text)];
        }
        RefuseWhatWouldChange(json);
        return json.ValueKind == JsonValueKind.Array
            ? json.EnumerateArray().Where(e => e.ValueKind != JsonValueKind.Null).Select(Message).ToList()
            : [Message(json)];
    }

    private static BinaryData Message(JsonElement json) => BinaryData.FromString(json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Object or JsonValueKind.Array => JsonSerializer.Serialize(json, Indented),
        _ => json.GetRawText(),
    });

    private static void RefuseWhatWouldChange(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject()) RefuseWhatWouldChange(member.Value);
                break;
            case JsonValueKind.Array:
                foreach (var element in json.EnumerateArray()) RefuseWhatWouldChange(element);
                break;
            case JsonValueKind.Number when !WholeNumber().IsMatch(json.GetRawText()) && json.GetDouble().ToString("R", CultureInfo.InvariantCulture) != json.GetRawText():
                throw Changed("number", json.GetRawText());
            case JsonValueKind.String when Date().Match(json.GetString()!) is { Success: true } date && !IsKept(date):
                throw Changed("date", json.GetString()!);
        }

        static bool IsKept(Match date) => !date.Groups["fraction"].Value.EndsWith('0') && date.Groups["fraction"].Length <= 7 && date.Groups["offset"].Value is "" or "Z" or "+00:00";

        static NotSupportedException Changed(string what, string value) => new(
            $"The Functions host would re-format the {what} {value} on its way into the queue; send exact bytes with a QueueClient instead of [QueueOutput].");
    }

    [GeneratedRegex(@"^-?\d{1,18}$", RegexOptions.NonBacktracking)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?<fraction>\d+))?(?<offset>Z|[+-]\d\d:\d\d)?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Date();
}
