using Azure.Core;
using Azure.Core.Pipeline;

namespace WalletFunctions.Bench;

/// <summary>Counts the calls that a client makes, repeats included.</summary>
internal sealed class CallCounter : HttpPipelineSynchronousPolicy
{
    private long calls;

    public long Calls => Interlocked.Read(ref calls);

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref calls);
}
