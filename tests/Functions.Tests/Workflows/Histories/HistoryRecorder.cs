using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Functions.Tests.Workflows.Histories;

/// <summary>Reads along what the embedded engine stores of its instances: every turn of every run, those that are swept later included.</summary>
internal sealed class HistoryRecorder : HttpPipelineSynchronousPolicy
{
    private readonly ConcurrentDictionary<(string Instance, string Row), RecordedEvent[]> turns = new();

    /// <summary>What an instance has done so far.</summary>
    public RecordedHistory Of(string instanceId)
    {
        var runs = turns.Where(turn => turn.Key.Instance == instanceId)
            .OrderBy(turn => turn.Key.Row, StringComparer.Ordinal)
            .GroupBy(turn => turn.Key.Row.Split('|')[1])
            .Select(run => (IReadOnlyList<RecordedEvent>)[.. run.SelectMany(turn => turn.Value)])
            .ToList();
        return new RecordedHistory(runs[0].First(line => line.Kind == "ExecutionStarted").Name!, instanceId, runs);
    }

    public override void OnSendingRequest(HttpMessage message)
    {
        if (!message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal))
        {
            return;
        }

        using var body = new MemoryStream();
        message.Request.Content!.WriteTo(body, CancellationToken.None);
        foreach (var line in Encoding.UTF8.GetString(body.ToArray()).Split('\n').Where(line => line.StartsWith('{')))
        {
            var row = JsonElement.Parse(line);
            if (row.TryGetProperty("RowKey", out var key) && key.GetString()!.StartsWith("h|", StringComparison.Ordinal) && row.TryGetProperty("P0", out var part))
            {
                var events = JsonElement.Parse(part.GetBytesFromBase64());
                turns[(row.GetProperty("PartitionKey").GetString()!, key.GetString()!)] = [.. events.EnumerateArray().Select(Read)];
            }
        }
    }

    private static RecordedEvent Read(JsonElement line) => new(
        line.GetProperty("Kind").GetString()!,
        line.TryGetProperty("Id", out var id) ? id.GetInt32() : null,
        line.TryGetProperty("Name", out var name) ? name.GetString() : null,
        line.TryGetProperty("Data", out var data) ? data.GetString() : null,
        line.TryGetProperty("At", out var at) ? at.GetDateTime() : null);
}
