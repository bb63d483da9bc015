using System.Text.Json;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>How the inbox stores its records: as answers are written, in pieces that fit a property.</summary>
internal static class InboxJson
{
    /// <summary>The newest shape that this program can read.</summary>
    public const int Schema = 1;

    public static void Write(IDictionary<string, object> row, object value)
    {
        row["Schema"] = Schema;
        LongText.Write(row, "Data", AnswerJson.Serialize(value));
    }

    /// <exception cref="InvalidOperationException">The row was written by a newer program.</exception>
    public static T Read<T>(IDictionary<string, object> row)
    {
        if (row["Schema"] is not int schema || schema > Schema)
        {
            throw new InvalidOperationException($"A row of the inbox has schema {row["Schema"]}; this program reads up to {Schema}.");
        }

        var text = LongText.Read(row, "Data");
        return JsonSerializer.Deserialize<T>(text, AnswerJson.Options) ?? throw new InvalidOperationException("A row of the inbox is empty.");
    }
}
