using System.Globalization;
using System.Runtime.Serialization;
using System.Text.Json;
using Azure;
using WalletFunctions.Domain;

namespace WalletFunctions.Wallet;

/// <summary>Intents that were stored together, in one row. The row goes when all of them have come to their end.</summary>
internal sealed class IntentGroup
{
    /// <summary>As many as one row holds: a property takes 32 Ki characters.</summary>
    public const int MostIntents = 100;

    private readonly HashSet<string> open;

    public IntentGroup(string partition, string row, IEnumerable<Intent> intents)
    {
        (Partition, Row, Intents) = (partition, row, [.. intents.Select(intent => intent with { Group = this })]);
        open = Intents.Select(intent => intent.OperationId).ToHashSet(StringComparer.Ordinal);
    }

    public string Partition { get; }

    public string Row { get; }

    public IReadOnlyList<Intent> Intents { get; }

    /// <summary>The row's, where it was read.</summary>
    public ETag ETag { get; private init; }

    /// <summary>Marks an intent's end.</summary>
    /// <returns>Whether it was the last that was open.</returns>
    public bool End(Intent intent)
    {
        lock (open)
        {
            return open.Remove(intent.OperationId) && open.Count == 0;
        }
    }

    public IntentGroupRow ToRow(DateTimeOffset at, IEnumerable<Intent>? only = null) => new()
    {
        PartitionKey = Partition,
        RowKey = Row,
        ETag = ETag,
        At = at,
        Intents = JsonSerializer.Serialize((only ?? Intents).Select(intent => new[] { intent.Kind, intent.OperationId, intent.Book.Value, intent.Note })),
    };

    public static IntentGroup Read(IntentGroupRow row) => new(
        row.PartitionKey,
        row.RowKey,
        JsonSerializer.Deserialize<string?[][]>(row.Intents)!.Select(parts => new Intent(parts[0]!, parts[1]!, new WalletId(parts[2]!)) { Note = parts[3] }))
    {
        ETag = row.ETag,
    };

    /// <summary>The partition of a minute: a sweep reads those that are old enough, and processes do not share one.</summary>
    public static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
}

/// <summary>A group as it is stored.</summary>
internal sealed class IntentGroupRow : BookRow
{
    [DataMember(Name = "at")]
    public DateTimeOffset At { get; set; }

    [DataMember(Name = "i")]
    public string Intents { get; set; } = "[]";
}
