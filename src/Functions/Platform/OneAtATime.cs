namespace WalletFunctions.Platform;

/// <summary>
/// Lets one caller of a subject through at a time, on this host: guesses, for whoever sends a thousand at once must not have them
/// all compared before the first is counted; and work that would only lose races. Subjects share a fixed number of gates.
/// </summary>
internal sealed class OneAtATime
{
    // Two subjects may share a gate; then they wait for each other as well, which is harmless as long as nobody goes through two.
    private readonly SemaphoreSlim[] gates = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async Task<T> RunAsync<T>(string subject, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var gate = gates[unchecked((uint)StringComparer.Ordinal.GetHashCode(subject)) % (uint)gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            gate.Release();
        }
    }
}
