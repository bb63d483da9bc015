using System.Collections.Frozen;
using Azure.Core;
using Azure.Core.Pipeline;

namespace WalletFunctions.Bench;

/// <summary>Counts the calls that a client makes, repeats included.</summary>
internal class CallCounter : HttpPipelineSynchronousPolicy
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long calls;
    private long last;

    public long Calls => Interlocked.Read(ref calls);

    /// <summary>The same by what was called, where that is told apart.</summary>
    public virtual IReadOnlyDictionary<string, long> ByName() => FrozenDictionary<string, long>.Empty;

    public override void OnSendingRequest(HttpMessage message) => Count();

    /// <summary>Waits until nothing was called for a moment, a second at most: what work leaves behind belongs to it.</summary>
    public async Task QuietAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(Interlocked.Read(ref last)) < Moment && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(5);
        }
    }

    protected void Count()
    {
        Interlocked.Increment(ref calls);
        Interlocked.Exchange(ref last, TimeProvider.System.GetTimestamp());
    }
}
