using System.Text.Json;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>How the inbox stores its records: as answers are written, in pieces that fit a property. A test keeps a sample of each shape ever stored.</summary>
internal static class InboxJson
{
    /// <summary>The newest shape that this program can read.</summary>
    public const int Schema = 1;

    /// <summary>A string property holds 32 Ki UTF-16 units; a row 1 MiB.</summary>
    private const int PieceLength = 32_000;

    public static void Write(IDictionary<string, object> row, object value)
    {
        var text = AnswerJson.Serialize(value);
        row["Schema"] = Schema;
        for (var (i, start) = (0, 0); start < text.Length; i++)
        {
            var length = Math.Min(PieceLength, text.Length - start);
            if (char.IsHighSurrogate(text[start + length - 1]))
            {
                length--; // half a character does not survive the way to the storage
            }

            row["Data" + i] = text.Substring(start, length);
            start += length;
        }
    }

    /// <exception cref="InvalidOperationException">The row was written by a newer program.</exception>
    public static T Read<T>(IDictionary<string, object> row)
    {
        if (row["Schema"] is not int schema || schema > Schema)
        {
            throw new InvalidOperationException($"A row of the inbox has schema {row["Schema"]}; this program reads up to {Schema}.");
        }

        var text = string.Concat(Enumerable.Range(0, 32).Select(i => row.TryGetValue("Data" + i, out var piece) ? (string)piece : null).TakeWhile(piece => piece is not null));
        return JsonSerializer.Deserialize<T>(text, AnswerJson.Options) ?? throw new InvalidOperationException("A row of the inbox is empty.");
    }
}
