using System.Text.Json;
using Grpc.Core;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;

namespace Functions.Tests.Workflows;

/// <summary>A Durable client over instances that a test sets up, of which a call can be made to die.</summary>
internal sealed class ScriptedDurable() : DurableTaskClient("test")
{
    private int created;

    public Dictionary<string, OrchestrationMetadata> Instances { get; } = new(StringComparer.Ordinal);

    public List<OrchestrationQuery> Queries { get; } = [];

    public List<string> Started { get; } = [];

    public List<string> Rung { get; } = [];

    /// <summary>The name of the call that never comes back: what it does, it has not done.</summary>
    public string? Dies { get; set; }

    /// <summary>What else happens while an orchestration is asked to end: it may do so by itself.</summary>
    public Action? WhenTerminated { get; set; }

    public void Put(string id, OrchestrationRuntimeStatus status, DateTimeOffset lastUpdated = default, string input = "{}") => Instances[id] = new OrchestrationMetadata("test", id)
    {
        RuntimeStatus = status,
        LastUpdatedAt = lastUpdated,
        CreatedAt = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero).AddTicks(++created),
        SerializedInput = input,
        DataConverter = Json.Converter,
    };

    /// <summary>Begins the same again by itself, as orchestrations do every twenty rounds.</summary>
    public void ContinueAsNew(string id) => Put(id, OrchestrationRuntimeStatus.Running, input: Instances[id].SerializedInput!);

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        DieIf("schedule");
        var id = options!.InstanceId!;
        if (options.DedupeStatuses?.Contains(Instances[id].RuntimeStatus.ToString(), StringComparer.Ordinal) == true)
        {
            throw new OrchestrationAlreadyExistsException($"There is an instance {id}.");
        }

        Instances[id].IsCompleted.ShouldBeTrue();
        Put(id, OrchestrationRuntimeStatus.Running, input: JsonSerializer.Serialize(input));
        Started.Add(id);
        return Task.FromResult(id);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        DieIf("terminate");
        WhenTerminated?.Invoke();
        var old = Instances[instanceId];
        if (old.IsCompleted)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "It has ended."));
        }

        Instances[instanceId] = new OrchestrationMetadata(old.Name, instanceId)
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Terminated, CreatedAt = old.CreatedAt, SerializedInput = old.SerializedInput, DataConverter = old.DataConverter,
        };
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        DieIf("wait");
        return Task.FromResult(Instances[instanceId]);
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(Instances.GetValueOrDefault(instanceId));

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        Queries.Add(filter!);
        return Pageable.Create<OrchestrationMetadata>(
            (_, _, _) => Task.FromResult(new Page<OrchestrationMetadata>([.. Instances.Values.Where(instance => filter!.Statuses!.Contains(instance.RuntimeStatus))], null)));
    }

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(Instances.Remove(instanceId) ? 1 : 0));

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        Rung.Add(instanceId);
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => default;

    private void DieIf(string call)
    {
        if (Dies == call)
        {
            throw new IOException($"The host died before '{call}' was done.");
        }
    }

    private sealed class Json : DataConverter
    {
        public static Json Converter { get; } = new();

        public override string? Serialize(object? value) => throw new NotSupportedException();

        public override object? Deserialize(string? data, Type targetType) => data is null ? null : JsonSerializer.Deserialize(data, targetType);
    }
}
