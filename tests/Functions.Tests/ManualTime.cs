namespace Functions.Tests;

/// <summary>System time plus what the test adds; timers and timestamps stay real.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long added;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref added));

    public void Advance(TimeSpan by) => Interlocked.Add(ref added, by.Ticks);
}
