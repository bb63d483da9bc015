using System.Collections.Frozen;
using System.Globalization;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>A row of docs/errors.md.</summary>
internal sealed record DocumentedError(string Code, int Status, string Meaning, string Remedy);

/// <summary>docs/errors.md, which the build puts into the assembly: so what is served and what is written are one text.</summary>
internal static class ErrorCatalog
{
    public static FrozenDictionary<string, DocumentedError> All { get; } = Read().ToFrozenDictionary(error => error.Code, StringComparer.Ordinal);

    public static IEnumerable<DocumentedError> Alphabetical => All.Values.OrderBy(error => error.Code, StringComparer.Ordinal);

    private static IEnumerable<DocumentedError> Read()
    {
        using var stream = typeof(ErrorCatalog).Assembly.GetManifestResourceStream("errors.md") ?? throw new InvalidOperationException("docs/errors.md is not in the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length >= 6 && cells[1].StartsWith('`'))
            {
                yield return new DocumentedError(cells[1].Trim('`'), int.Parse(cells[2], CultureInfo.InvariantCulture), cells[3], cells[4]);
            }
        }
    }
}
