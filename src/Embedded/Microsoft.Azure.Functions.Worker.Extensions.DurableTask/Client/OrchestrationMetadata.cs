using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Microsoft.DurableTask.Client;

/// <summary>An instance as a client sees it.</summary>
public sealed class OrchestrationMetadata(string name, string instanceId)
{
    private const int LongestPayload = 50;

    public string Name { get; } = name;

    public string InstanceId { get; } = instanceId;

    /// <summary>Set when inputs and outputs were asked for.</summary>
    public DataConverter? DataConverter { get; init; }

    public OrchestrationRuntimeStatus RuntimeStatus { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUpdatedAt { get; init; }

    public string? SerializedInput { get; init; }

    public string? SerializedOutput { get; init; }

    public string? SerializedCustomStatus { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public TaskFailureDetails? FailureDetails { get; init; }

    /// <summary>False also for Pending and Suspended.</summary>
    public bool IsRunning => RuntimeStatus == OrchestrationRuntimeStatus.Running;

    public bool IsCompleted =>
        RuntimeStatus is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;

    public T? ReadInputAs<T>() => Read<T>(SerializedInput);

    public T? ReadOutputAs<T>() => Read<T>(SerializedOutput);

    public T? ReadCustomStatusAs<T>() => Read<T>(SerializedCustomStatus);

    /// <summary>What is known, payloads cut after 50 characters.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"[Name: '{Name}', ID: '{InstanceId}', RuntimeStatus: {RuntimeStatus}, CreatedAt: {CreatedAt:s}, LastUpdatedAt: {LastUpdatedAt:s}");
        if (SerializedInput is { } input) text.Append(CultureInfo.InvariantCulture, $", Input: '{Cut(input)}'");
        if (SerializedOutput is { } output) text.Append(CultureInfo.InvariantCulture, $", Output: '{Cut(output)}'");
        if (FailureDetails is { } failure) text.Append(CultureInfo.InvariantCulture, $", FailureDetails: '{failure.ErrorType} - {Cut(failure.ErrorMessage)}'");
        return text.Append(']').ToString();
    }

    private static string Cut(string payload) => payload.Length > LongestPayload ? payload[..LongestPayload] + "..." : payload;

    private T? Read<T>(string? data) => DataConverter is { } converter
        ? converter.Deserialize<T>(data)
        : throw new InvalidOperationException("The instance was fetched without its inputs and outputs; ask for them with getInputsAndOutputs: true.");
}
