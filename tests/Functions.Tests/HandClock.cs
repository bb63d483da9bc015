using Shouldly;

namespace Functions.Tests;

/// <summary>A clock whose one timer is moved by hand.</summary>
internal sealed class HandClock : TimeProvider
{
    private Action? callback;

    /// <summary>Whether the timer is there.</summary>
    public bool IsSet => Volatile.Read(ref callback) is not null;

    public TimeSpan Period { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Tick() => callback!();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        this.callback.ShouldBeNull();
        Period = period;
        Volatile.Write(ref this.callback, () => callback(state));
        return new Hand(this);
    }

    private sealed class Hand(HandClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => clock.IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
