using Azure.Core;
using Azure.Core.Pipeline;

namespace Functions.Tests.Support;

/// <summary>Breaks the work off at one storage call, before it or after it, as if the process had died there.</summary>
internal sealed class AbandonPolicy : HttpPipelinePolicy
{
    private int callsLeft = int.MaxValue;
    private bool after;

    public static AbandonedException Death => new();

    public bool IsDead => Volatile.Read(ref callsLeft) <= 0;

    public void DieAt(int call, bool afterIt)
    {
        after = afterIt;
        Volatile.Write(ref callsLeft, call);
    }

    public void Live() => Volatile.Write(ref callsLeft, int.MaxValue);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var left = Interlocked.Decrement(ref callsLeft);
        if (left < 0 || (left == 0 && !after)) throw Death; // the dead do nothing more
        await ProcessNextAsync(message, pipeline);
        if (left == 0) throw Death;
    }
}

internal sealed class AbandonedException() : Exception("The work was abandoned here.");
