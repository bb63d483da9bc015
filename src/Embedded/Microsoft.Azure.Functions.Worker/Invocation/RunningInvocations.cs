namespace Microsoft.Azure.Functions.Worker;

/// <summary>Counts what is running, so that the host can wait for it, and then cancel it.</summary>
internal sealed class RunningInvocations : IDisposable
{
    private readonly CancellationTokenSource _cancelAll = new();
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>The caller must dispose the source and call <see cref="Exit"/>.</summary>
    public CancellationTokenSource Enter(CancellationToken cancellationToken)
    {
        lock (_lock) _count++;
        return CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancelAll.Token);
    }

    public void Exit()
    {
        lock (_lock)
            if (--_count == 0) _idle?.TrySetResult();
    }

    /// <summary>Waits for what runs; cancels it after <paramref name="grace"/>, and gives up after as long again.</summary>
    /// <returns>Whether nothing runs any more.</returns>
    public async Task<bool> DrainAsync(TimeSpan grace)
    {
        Task idle;
        lock (_lock)
        {
            if (_count == 0) return true;
            _idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }
        if (await Task.WhenAny(idle, Task.Delay(grace)) != idle) await _cancelAll.CancelAsync();
        return await Task.WhenAny(idle, Task.Delay(grace)) == idle;
    }

    public void Dispose() => _cancelAll.Dispose();
}
