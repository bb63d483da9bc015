using System.Globalization;
using System.Text;

namespace WalletFunctions.Domain.Files;

/// <summary>Names of files, made harmless for whoever saves them.</summary>
public static class FileName
{
    /// <summary>Longer names are cut, in UTF-16 units, the extension not counted.</summary>
    public const int Longest = 80;

    private const string Forbidden = "<>:\"/\\|?*%;'`";

    /// <summary>Names of devices, which Windows opens instead of a file whatever their extension.</summary>
    private static readonly string[] Devices = ["AUX", "CON", "NUL", "PRN", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })];

    /// <summary>
    /// The last part of a path, without what file systems, headers and shells give a meaning to and without marks that turn the
    /// direction of writing (they hide an extension), ending in an extension that fits what the file is.
    /// </summary>
    /// <param name="name">As the uploader said; null or empty for none.</param>
    /// <param name="kind">What the bytes are.</param>
    public static string Clean(string? name, FileKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var last = (name ?? "")[((name ?? "").LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (rune != Rune.ReplacementChar && category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && !(rune.IsAscii && Forbidden.Contains((char)rune.Value, StringComparison.Ordinal)))
            {
                kept.Append(category == UnicodeCategory.SpaceSeparator ? " " : rune.ToString());
            }
        }

        var text = kept.ToString().Trim(' ', '.');
        var extension = kind.Extensions.FirstOrDefault(one => text.EndsWith(one, StringComparison.OrdinalIgnoreCase));
        var stem = (extension is null ? text : text[..^extension.Length]).Trim(' ', '.');
        if (stem.Length > Longest)
        {
            stem = stem[..(char.IsHighSurrogate(stem[Longest - 1]) ? Longest - 1 : Longest)].TrimEnd(' ', '.');
        }

        if (stem.Length == 0)
        {
            stem = "file";
        }

        return (Devices.Contains(stem.Split('.')[0], StringComparer.OrdinalIgnoreCase) ? "_" : "") + stem + (extension ?? kind.Extensions[0]);
    }
}
