namespace WalletFunctions.Platform;

/// <summary>
/// The time that business counts on: entries, promises, deadlines. System time, plus the sandbox's offset where the sandbox
/// is on. Its timers and timestamps are the machine's.
/// </summary>
public sealed class BusinessClock(TimeProvider machine) : TimeProvider
{
    private long offsetTicks;

    /// <summary>How far ahead of the machine; never negative, never less than it was.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref offsetTicks));

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + Offset;

    /// <summary>Moves to an offset from the shared row; an older one is ignored.</summary>
    internal void MoveTo(TimeSpan offset)
    {
        var seen = Interlocked.Read(ref offsetTicks);
        while (offset.Ticks > seen)
        {
            var before = Interlocked.CompareExchange(ref offsetTicks, offset.Ticks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}

/// <summary>
/// The machine's own time, which the sandbox never moves: sessions, one-time codes, lock-outs, signature windows, leases,
/// retry back-off.
/// </summary>
public sealed class MachineClock(TimeProvider system) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => system.GetUtcNow();

    /// <inheritdoc/>
    public override long TimestampFrequency => system.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => system.GetTimestamp();
}
