namespace WalletFunctions.Payments;

/// <summary>Rings many times, and is heard once for all of them.</summary>
internal sealed class Bell
{
    private int rung;

    /// <summary>One telling at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Whether nobody is on the way to hear it yet.</summary>
    public bool Ring() => Interlocked.Exchange(ref rung, 1) == 0;

    public void Hear() => Volatile.Write(ref rung, 0);
}
