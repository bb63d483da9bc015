using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Functions.Tests;

/// <summary>Cuts the storage off: from a chosen write on, no call gets through. Every other time the write itself still lands, and only its answer is lost.</summary>
internal sealed class StorageCut : HttpPipelinePolicy
{
    private readonly TaskCompletionSource tripped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int allowed = int.MaxValue;
    private int calls;

    /// <summary>Completes at the cut.</summary>
    public Task Tripped => tripped.Task;

    /// <summary>Writes since <see cref="After"/>.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>Lets this many writes through from now on, the last perhaps without its answer.</summary>
    public void After(int count)
    {
        Volatile.Write(ref calls, 0);
        Volatile.Write(ref allowed, count);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        ProcessAsync(message, pipeline).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var url = message.Request.Uri.ToString();
        if (url.Contains("lease", StringComparison.Ordinal))
        {
            // Works on, so that the next host need not wait for the lease to run out.
            await ProcessNextAsync(message, pipeline);
            return;
        }

        // What is read leaves nothing behind: whoever dies before it or after it dies in one and the same state of the storage.
        // And the rounds of the clock are not steps of the withdrawal.
        var isStep = message.Request.Method != RequestMethod.Get && !url.Contains("settings(", StringComparison.Ordinal);
        var call = isStep ? Interlocked.Increment(ref calls) : Volatile.Read(ref calls);
        var limit = Volatile.Read(ref allowed);
        if (call > limit || tripped.Task.IsCompleted)
        {
            tripped.TrySetResult();
            throw new RequestFailedException(503, "The storage is cut off.");
        }

        await ProcessNextAsync(message, pipeline);
        if (isStep && call == Volatile.Read(ref allowed) && call % 2 == 0)
        {
            tripped.TrySetResult();
            throw new RequestFailedException(503, "The storage was cut off before its answer came.");
        }
    }
}
