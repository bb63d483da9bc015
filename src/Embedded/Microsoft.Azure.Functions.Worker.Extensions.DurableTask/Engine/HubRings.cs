using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>Reads the rings of other hosts, and passes each on again and again until its instance has done with it.</summary>
internal sealed class HubRings(WorkTable work, HubOptions options)
{
    private const int MostDoublings = 7;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Ring> _resolved = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long First, long Last, int Times)> _rung = new(StringComparer.Ordinal);
    private TimeSpan _pause;

    /// <summary>Those whose rows can go.</summary>
    public List<Ring> Resolved => [.. _resolved.Values];

    public void Resolve(Ring ring) => _resolved[ring.RowKey] = ring;

    public void Forget(Ring ring)
    {
        _resolved.TryRemove(ring.RowKey, out _);
        _rung.TryRemove(ring.RowKey, out _);
    }

    /// <returns>How long to wait until the next look.</returns>
    public async Task<TimeSpan> ReadAsync(Action<string, Mail> post, CancellationToken cancellation)
    {
        var news = false;
        foreach (var ring in await work.ReadRingsAsync(cancellation))
        {
            if (_resolved.ContainsKey(ring.RowKey)) continue;
            var (first, last, times) = _rung.GetValueOrDefault(ring.RowKey, (Stopwatch.GetTimestamp(), 0, 0));
            // The first look may come just before the message: soon again, then ever less often.
            if (times > 0 && Stopwatch.GetElapsedTime(last) < FirstPause * (1 << Math.Min(times - 1, MostDoublings))) continue;
            _rung[ring.RowKey] = (first, Stopwatch.GetTimestamp(), times + 1);
            // By this host's own watch: the sender's clock may say anything.
            post(ring.InstanceId, new RingMail(ring, isLast: Stopwatch.GetElapsedTime(first) > options.LostTime));
            news = true;
        }
        var longer = _pause * 1.5 > options.MinRingInterval ? _pause * 1.5 : options.MinRingInterval;
        return _pause = news ? options.MinRingInterval : longer < options.MaxRingInterval ? longer : options.MaxRingInterval;
    }
}
