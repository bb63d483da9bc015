using System.Globalization;
using System.Text.Json;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <content>The kinds of members.</content>
internal sealed partial class JsonForm
{
    /// <summary>Money as a request may name it: 1 to 12 digits of minor units, positive, in a known currency.</summary>
    public Money RequiredMoney(string name) => ReadMoney(name, required: true) ?? default;

    /// <summary>As <see cref="RequiredMoney"/>; null where the member is absent.</summary>
    public Money? OptionalMoney(string name) => ReadMoney(name, required: false);

    /// <summary>Text that is not blank, of at most <paramref name="maxLength"/> UTF-16 units, without control characters.</summary>
    /// <param name="multiline">Line breaks and tabs are allowed.</param>
    public string RequiredString(string name, int maxLength, bool multiline = false) => Text(name, maxLength, multiline, required: true) ?? "";

    /// <summary>As <see cref="RequiredString"/>; null where the member is absent or blank, as forms send what nobody filled in.</summary>
    public string? OptionalString(string name, int maxLength, bool multiline = false) => Text(name, maxLength, multiline, required: false);

    /// <summary>Whatever text is there; null where none is. For words of others beside a fact that must not be refused for them.</summary>
    public string? AnyText(string name) => Ask(name, required: false) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>An id of the kind asked for.</summary>
    public T RequiredId<T>(string name)
        where T : struct, IId<T> => ReadId<T>(name, required: true) ?? default;

    /// <summary>An id of the kind asked for; null where the member is absent.</summary>
    public T? OptionalId<T>(string name)
        where T : struct, IId<T> => ReadId<T>(name, required: false);

    /// <summary>
    /// The id of something that is looked for: a text that is no such id stands for one that nothing has, so that whoever
    /// mistyped one is answered as for any other that there is not.
    /// </summary>
    public T RequiredIdSought<T>(string name)
        where T : struct, IId<T> => ReadSought<T>(name, required: true) ?? default;

    /// <summary>As <see cref="RequiredIdSought"/>; null where the member is absent.</summary>
    public T? OptionalIdSought<T>(string name)
        where T : struct, IId<T> => ReadSought<T>(name, required: false);

    /// <summary>One of the names of <typeparamref name="T"/>, in snake_case.</summary>
    public T Enum<T>(string name)
        where T : struct, Enum => ReadEnum<T>(name, required: true) ?? default;

    /// <summary>As <see cref="Enum{T}"/>; null where the member is absent.</summary>
    public T? OptionalEnum<T>(string name)
        where T : struct, Enum => ReadEnum<T>(name, required: false);

    /// <summary>A whole number; both ends are allowed.</summary>
    public int RequiredInt(string name, int min, int max) => ReadInt(name, min, max, required: true) ?? min;

    /// <summary>A whole number; null where the member is absent.</summary>
    public int? OptionalInt(string name, int min, int max) => ReadInt(name, min, max, required: false);

    /// <summary>True or false; null where the member is absent.</summary>
    public bool? OptionalBool(string name)
    {
        if (Ask(name, required: false) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(name, new("须为 true 或 false。", "it must be true or false."));
        return null;
    }

    /// <summary>A moment in RFC 3339, as UTC; null where the member is absent.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        if (Ask(name, required: false) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) && time.Year is > 1970 and < 9000)
        {
            return time.ToUniversalTime();
        }

        Refuse(name, new("须为 RFC 3339 时间。", "it must be a time in RFC 3339."));
        return null;
    }

    /// <summary>A list of texts; empty where the member is absent.</summary>
    public IReadOnlyList<string> Strings(string name, int maxItems, int maxLength)
    {
        if (Ask(name, required: false) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxItems)
        {
            Refuse(name, new($"须为最多 {maxItems} 项的列表。", $"it must be a list of at most {maxItems}."));
            return [];
        }

        return value.EnumerateArray().Select((item, i) => Checked(item, $"{name}[{i}]", maxLength, multiline: false, required: true) ?? "").ToList();
    }

    /// <summary>Whether the member is an object, where it may be a text as well.</summary>
    public bool IsObject(string name) => members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object;

    /// <summary>An inner object; null where the member is absent.</summary>
    public JsonForm? Object(string name) => ReadObject(name, required: false);

    /// <summary>An inner object.</summary>
    public JsonForm RequiredObject(string name) => ReadObject(name, required: true) ?? new JsonForm(Empty, path + name + ".", []);

    private static JsonElement Empty { get; } = JsonElement.Parse("{}");

    private JsonElement? Ask(string name, bool required)
    {
        asked.Add(name);
        if (members.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            return value;
        }

        if (required)
        {
            errors.Add(FieldErrors.Missing(path + name));
        }

        return null;
    }

    private void Refuse(string name, Text wanted) => errors.Add(FieldErrors.Invalid(path + name, wanted));

    private JsonForm Within(string name, JsonElement value)
    {
        var form = new JsonForm(value, path + name + ".", errors);
        inner.Add(form);
        return form;
    }

    private Money? ReadMoney(string name, bool required)
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(FieldErrors.Amount(path + name));
            return null;
        }

        var form = Within(name, value);
        var amount = form.Ask("amount", required: false);
        var currencyText = form.RequiredString("currency", 3);
        if (amount is not { } number || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var minor) || minor is < 1 or > Money.MaxRequest)
        {
            form.errors.Add(FieldErrors.Amount(form.path + "amount"));
            return null;
        }

        if (!Currency.TryParse(currencyText, out var currency))
        {
            if (currencyText.Length > 0)
            {
                form.Refuse("currency", new("不支持该币种。", "this currency is not known."));
            }

            return null;
        }

        return new Money(minor, currency);
    }

    private JsonForm? ReadObject(string name, bool required)
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return Within(name, value);
        }

        Refuse(name, new("须为对象。", "it must be an object."));
        return null;
    }

    private string? Text(string name, int maxLength, bool multiline, bool required) =>
        Ask(name, required) is { } value ? Checked(value, name, maxLength, multiline, required) : null;

    private string? Checked(JsonElement value, string name, int maxLength, bool multiline, bool required)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(name, new("须为文本。", "it must be text."));
            return null;
        }

        var text = value.GetString()!;
        if (string.IsNullOrWhiteSpace(text))
        {
            if (required)
            {
                errors.Add(FieldErrors.Missing(path + name));
            }

            return null;
        }

        if (text.Length > maxLength)
        {
            errors.Add(FieldErrors.Longer(path + name, maxLength));
            return null;
        }

        if (text.Any(c => char.IsControl(c) && !(multiline && c is '\n' or '\r' or '\t')))
        {
            Refuse(name, new("含有控制字符。", "it has control characters."));
            return null;
        }

        return text;
    }

    private T? ReadId<T>(string name, bool required)
        where T : struct, IId<T>
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && Id.TryParse<T>(value.GetString(), out var id))
        {
            return id;
        }

        Refuse(name, new($"须为 {T.Prefix} 开头的编号。", $"it must be an id that starts with {T.Prefix}."));
        return null;
    }

    private T? ReadSought<T>(string name, bool required)
        where T : struct, IId<T> =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && !string.IsNullOrWhiteSpace(value.GetString()) && !Id.TryParse<T>(value.GetString(), out _)
            ? Nobodys<T>(name)
            : ReadId<T>(name, required);

    /// <summary>An id of the first millisecond of 1970, which nothing was ever given.</summary>
    private T Nobodys<T>(string name)
        where T : struct, IId<T>
    {
        asked.Add(name);
        return Id.New<T>(DateTimeOffset.UnixEpoch, new byte[Id.RandomBytes]);
    }

    private T? ReadEnum<T>(string name, bool required)
        where T : struct, Enum
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            foreach (var candidate in System.Enum.GetValues<T>())
            {
                if (NameOf(candidate) == value.GetString())
                {
                    return candidate;
                }
            }
        }

        var names = string.Join(", ", System.Enum.GetValues<T>().Select(NameOf));
        Refuse(name, new($"须为以下之一：{names}。", $"it must be one of {names}."));
        return null;
    }

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private int? ReadInt(string name, int min, int max, bool required)
    {
        if (Ask(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, new(
            string.Create(CultureInfo.InvariantCulture, $"须为 {min} 至 {max} 的整数。"),
            string.Create(CultureInfo.InvariantCulture, $"it must be a whole number from {min} to {max}.")));
        return null;
    }
}
