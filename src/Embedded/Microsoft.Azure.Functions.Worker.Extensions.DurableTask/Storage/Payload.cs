using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>Events as rows: JSON, cut into properties of less than 64 KiB and rows of less than 1 MiB.</summary>
internal static class Payload
{
    private const int PropertyBytes = 60_000;
    private const int PropertiesInRow = 12; // 1 MiB is counted as Base64
    private const int CompressFrom = 16_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    public static IEnumerable<TableEntity> Rows(string partitionKey, string key, IReadOnlyList<HistoryEvent> events)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(events, Json);
        var packed = bytes.Length >= CompressFrom;
        if (packed) bytes = Deflate(bytes);
        var part = 0;
        foreach (var row in bytes.Chunk(PropertyBytes * PropertiesInRow))
        {
            var entity = new TableEntity(partitionKey, $"{key}|{part++:D2}");
            if (packed) entity["Packed"] = true;
            var number = 0;
            foreach (var chunk in row.Chunk(PropertyBytes)) entity[$"P{number++}"] = chunk;
            yield return entity;
        }
    }

    /// <param name="rows">All rows of one key, in order.</param>
    public static List<HistoryEvent> Read(IReadOnlyList<TableEntity> rows)
    {
        using var bytes = new MemoryStream();
        foreach (var row in rows)
        {
            for (var number = 0; row.GetBinary($"P{number}") is { } chunk; number++) bytes.Write(chunk);
        }
        bytes.Position = 0;
        if (rows[0].GetBoolean("Packed") != true) return JsonSerializer.Deserialize<List<HistoryEvent>>(bytes, Json)!;
        using var unpacked = new DeflateStream(bytes, CompressionMode.Decompress);
        return JsonSerializer.Deserialize<List<HistoryEvent>>(unpacked, Json)!;
    }

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json);

    public static T? FromJson<T>(string? json) => json is null ? default : JsonSerializer.Deserialize<T>(json, Json);

    /// <summary>The key without the part's number.</summary>
    public static string KeyOf(TableEntity row) => row.RowKey[..row.RowKey.LastIndexOf('|')];

    private static byte[] Deflate(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(bytes);
        return packed.ToArray();
    }
}
