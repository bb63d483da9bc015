using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>A start, and which existing instances of its id forbid it.</summary>
/// <param name="MessageKey">Unique; a repeat with the same key finds its own instance.</param>
internal sealed record StartRequest(string InstanceId, HistoryEvent Start, string MessageKey, IReadOnlySet<OrchestrationRuntimeStatus> Dedupe)
{
    /// <summary>The instance with its start in the inbox, in place of <paramref name="existing"/> if given; not stored yet.</summary>
    /// <returns>Null when the existing instance is of this very start, whose answer was lost, or this very sub-orchestration.</returns>
    /// <exception cref="OrchestrationAlreadyExistsException">The instance runs, or the request does not want to replace it.</exception>
    public InstanceState? Begin(InstanceState? existing, DateTimeOffset now)
    {
        if (existing?.Start is { } begun && (begun.Instance == MessageKey || (Start.Parent is not null && begun.Parent == Start.Parent))) return null;
        if (existing is not null && (!existing.IsEnded || Dedupe.Contains(existing.Status)))
            throw new OrchestrationAlreadyExistsException($"An orchestration with the instance id '{InstanceId}' exists already; it is {existing.Status}.");
        return new(InstanceId, Start.Name!)
        {
            Created = now, Updated = now, Input = Start.Data, Tags = Start.Tags, NextDue = Start.At, Write = MessageKey, Inbox = [new(MessageKey, [], Start with { Instance = MessageKey })],
            Generation = (existing?.Generation ?? 0) + 1, ETag = existing?.ETag ?? default,
            Garbage = [.. existing?.HistoryRows ?? [], .. existing?.Garbage ?? []],
        };
    }

    /// <inheritdoc cref="Begin"/>
    public async Task CreateAsync(InstanceStore store, DateTimeOffset now, CancellationToken cancellation)
    {
        for (InstanceState? existing = null; ;)
        {
            if (Begin(existing, now) is not { } pending || await store.CreateAsync(pending, cancellation) is not null) return;
            existing = await store.LoadAsync(InstanceId, cancellation);
        }
    }
}
