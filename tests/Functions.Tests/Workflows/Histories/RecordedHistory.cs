using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Functions.Tests.Conventions;
using Xunit;

namespace Functions.Tests.Workflows.Histories;

/// <summary>One line of a recorded history.</summary>
/// <param name="Kind">TurnStarted, ExecutionStarted, TaskScheduled, TaskCompleted, TaskFailed, TimerCreated, TimerFired, EventRaised, ExecutionEnded.</param>
/// <param name="Id">Which task or timer, in the order in which the orchestrator asked for them.</param>
/// <param name="Name">The activity's, the event's or the orchestrator's.</param>
/// <param name="Data">Input, result or payload as JSON.</param>
/// <param name="At">The turn's time, or the timer's.</param>
internal sealed record RecordedEvent(string Kind, int? Id = null, string? Name = null, string? Data = null, DateTime? At = null);

/// <summary>What an orchestration of a shipped version did, run by run: a file under TestData/histories.</summary>
/// <param name="Orchestrator">Its function's name.</param>
/// <param name="InstanceId">Whose.</param>
/// <param name="Runs">Each run between two ContinueAsNew.</param>
internal sealed record RecordedHistory(string Orchestrator, string InstanceId, IReadOnlyList<IReadOnlyList<RecordedEvent>> Runs)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The steps and how it ended: two runs of one code through one story agree in it, however their events and timers raced.</summary>
    [JsonIgnore]
    public string Shape => string.Join("; ", Runs.Select(run => string.Join(' ', run
        .Where(line => line.Kind is "TaskScheduled" or "ExecutionEnded").Select(line => line.Name ?? line.Data))));

    /// <summary>The stored versions of an orchestrator, oldest first.</summary>
    public static IReadOnlyList<string> VersionsOf(string orchestrator) =>
        [.. Directory.GetDirectories(Folder(orchestrator)).Select(path => Path.GetFileName(path)).OrderBy(name => int.Parse(name[1..]))];

    public static IEnumerable<string> StoriesOf(string orchestrator, string version) =>
        Directory.GetFiles(Path.Combine(Folder(orchestrator), version), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static RecordedHistory Read(string orchestrator, string version, string story) =>
        JsonSerializer.Deserialize<RecordedHistory>(File.ReadAllText(Path.Combine(Folder(orchestrator), version, story + ".json")), Json)!;

    /// <summary>Every stored version and story of an orchestrator, for a theory.</summary>
    public static TheoryData<string, string> Stored(string orchestrator)
    {
        var data = new TheoryData<string, string>();
        foreach (var version in VersionsOf(orchestrator))
        {
            foreach (var story in StoriesOf(orchestrator, version))
            {
                data.Add(version, story);
            }
        }

        return data;
    }

    /// <summary>A run as a whole. The turn in which a run hands on to the next is stored as the next one's beginning: its last answer is put back, as the answer before was.</summary>
    public IReadOnlyList<RecordedEvent> Whole(int index)
    {
        var run = Runs[index];
        return index + 1 == Runs.Count ? run :
        [
            .. run,
            Runs[index + 1][0],
            new RecordedEvent("TaskCompleted", run.Last(line => line.Kind == "TaskScheduled").Id, Data: run.Last(line => line.Kind == "TaskCompleted").Data),
        ];
    }

    public void Write(string version, string story)
    {
        var folder = Path.Combine(Folder(Orchestrator), version);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, story + ".json"), JsonSerializer.Serialize(this, Json) + "\n");
    }

    private static string Folder(string orchestrator) => Path.Combine(Repository.Root, "tests", "Functions.Tests", "TestData", "histories", orchestrator);
}
