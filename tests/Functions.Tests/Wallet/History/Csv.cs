using System.Globalization;
using System.Text;

namespace WalletFunctions.Tests.Wallet.History;

/// <summary>Reads CSV as RFC 4180 says, and nothing laxer.</summary>
internal static class Csv
{
    public static List<List<string>> Parse(string text)
    {
        var (lines, cells, cell) = (new List<List<string>>(), new List<string>(), new StringBuilder());
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '"')
            {
                for (i++; text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"'); i++)
                {
                    cell.Append(text[i]);
                    i += text[i] == '"' ? 1 : 0;
                }

                i++;
            }
            else
            {
                for (; text[i] is not (',' or '\r'); i++)
                {
                    cell.Append(text[i] is '"' or '\n' ? throw new FormatException($"A bare {(int)text[i]} at {i}.") : text[i]);
                }
            }

            cells.Add(cell.ToString());
            cell.Clear();
            if (text[i] == ',')
            {
                i++;
                continue;
            }

            if (text[i] != '\r' || text[i + 1] != '\n')
            {
                throw new FormatException($"Neither a comma nor a line's end at {i}.");
            }

            lines.Add(cells);
            cells = [];
            i += 2;
        }

        return cells.Count == 0 ? lines : throw new FormatException("The last line has no end.");
    }

    /// <summary>Yuan with two digits, as fen.</summary>
    public static long Fen(string yuan) => yuan.Length == 0 ? 0 : long.Parse(yuan.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
