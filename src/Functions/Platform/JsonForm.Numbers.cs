using System.Globalization;
using System.Text.Json;

namespace WalletFunctions.Platform;

/// <content>Large numbers and lists of objects, as settings have them.</content>
internal sealed partial class JsonForm
{
    /// <summary>A whole number that may need more than 32 bits; both ends are allowed.</summary>
    public long RequiredLong(string name, long min, long max) => ReadLong(name, min, max, required: true) ?? min;

    /// <summary>As <see cref="RequiredLong"/>; null where the member is absent.</summary>
    public long? OptionalLong(string name, long min, long max) => ReadLong(name, min, max, required: false);

    /// <summary>A list of inner objects.</summary>
    public IReadOnlyList<JsonForm> RequiredObjects(string name, int maxItems)
    {
        if (Ask(name, required: true) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxItems && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
        {
            return [.. value.EnumerateArray().Select((item, i) => Within(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), item))];
        }

        Refuse(name, new($"须为最多 {maxItems} 个对象的列表。", $"it must be a list of at most {maxItems} objects."));
        return [];
    }

    private long? ReadLong(string name, long min, long max, bool required)
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, new(
            string.Create(CultureInfo.InvariantCulture, $"须为 {min} 至 {max} 的整数。"),
            string.Create(CultureInfo.InvariantCulture, $"it must be a whole number from {min} to {max}.")));
        return null;
    }
}
