namespace WalletFunctions.Wallet;

/// <summary>Lets those who want the same thing in one after the other, within this process. It saves lost races; what is correct is decided in storage.</summary>
internal sealed class Gates
{
    // Two names may share a gate; then they wait for each other as well, which is harmless as long as nobody goes through two.
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <returns>To be disposed on leaving.</returns>
    public async Task<IDisposable> EnterAsync(string name, CancellationToken cancellation)
    {
        var gate = gates[(string.GetHashCode(name, StringComparison.Ordinal) & int.MaxValue) % gates.Length];
        await gate.WaitAsync(cancellation);
        return new Pass(gate);
    }

    private sealed class Pass(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
