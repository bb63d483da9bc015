using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>A start, and which existing instances of its id forbid it.</summary>
internal sealed record StartRequest(string InstanceId, string Name, string? Input, string MessageKey, IReadOnlySet<OrchestrationRuntimeStatus> Dedupe)
{
    /// <exception cref="OrchestrationAlreadyExistsException">The instance runs, or the request does not want to replace it.</exception>
    public async Task<InstanceState> CreateAsync(InstanceStore store, InstanceState? known, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var existing = known; ;)
        {
            if (existing is not null) ThrowIfKept(existing);
            if (await store.CreateAsync(InstanceId, Name, Input, MessageKey, now, existing, cancellation) is { } created) return created;
            existing = await store.LoadAsync(InstanceId, cancellation);
        }
    }

    private void ThrowIfKept(InstanceState existing)
    {
        if (!existing.IsEnded || Dedupe.Contains(existing.Status))
            throw new OrchestrationAlreadyExistsException($"An orchestration with the instance id '{InstanceId}' exists already; it is {existing.Status}.");
    }
}
