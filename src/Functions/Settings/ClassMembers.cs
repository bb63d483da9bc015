using System.Text.Json.Serialization;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>A value for each class of account.</summary>
internal sealed record ForEachClass<T>([property: JsonPropertyName("I")] T I, [property: JsonPropertyName("II")] T II, [property: JsonPropertyName("III")] T III);

/// <summary>The members that stand for classes and operations.</summary>
internal static class ClassMembers
{
    private const int LongestName = 20;

    private static readonly AccountClass[] Classes = Enum.GetValues<AccountClass>();

    /// <summary>Reads one object for each class; all are required.</summary>
    public static IReadOnlyList<T> Each<T>(JsonForm form, Func<JsonForm, T> read) => [.. Classes.Select(@class => read(form.RequiredObject(@class.ToString())))];

    /// <summary>Writes what <see cref="Each"/> reads.</summary>
    public static ForEachClass<TMembers> Write<T, TMembers>(IReadOnlyList<T> values, Func<T, TMembers> write) =>
        new(write(values[(int)AccountClass.I]), write(values[(int)AccountClass.II]), write(values[(int)AccountClass.III]));

    /// <summary>A class by its name; null where the member is absent.</summary>
    public static AccountClass? OptionalClass(this JsonForm form, string name)
    {
        if (form.OptionalString(name, LongestName) is not { } text)
        {
            return null;
        }

        foreach (var @class in Classes)
        {
            if (@class.ToString() == text)
            {
                return @class;
            }
        }

        form.Fail(FieldErrors.Invalid(name, new("须为 I、II 或 III。", "it must be I, II or III.")));
        return null;
    }

    /// <summary>An operation by its name.</summary>
    public static OperationKind RequiredOperation(this JsonForm form, string name)
    {
        var text = form.RequiredString(name, LongestName);
        if (text.Length > 0 && OperationKinds.Find(text) is { } operation)
        {
            return operation;
        }

        if (text.Length > 0)
        {
            var names = string.Join(", ", OperationKinds.All.Select(kind => kind.Name()));
            form.Fail(FieldErrors.Invalid(name, new($"须为以下之一：{names}。", $"it must be one of {names}.")));
        }

        return default;
    }
}
