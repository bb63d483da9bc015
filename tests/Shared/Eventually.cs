namespace WalletFunctions.TestSupport;

/// <summary>Waits for what another thread, process or server will do. The time limit only ends a test that has already failed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until <paramref name="probe"/> is true.</summary>
    /// <param name="what">Completes the sentence "It never came true that …".</param>
    /// <param name="probe">What it throws is reported if it still does at the end.</param>
    /// <param name="within">30 seconds if not given.</param>
    public static Task True(string what, Func<bool> probe, TimeSpan? within = null) =>
        True(what, () => Task.FromResult(probe()), within);

    /// <inheritdoc cref="True(string, Func{bool}, TimeSpan?)"/>
    public static Task True(string what, Func<Task<bool>> probe, TimeSpan? within = null) =>
        Some(what, async () => await probe() ? "" : null, within);

    /// <summary>Waits until <paramref name="probe"/> finds something, and answers it.</summary>
    /// <param name="what">Completes the sentence "It never came true that …".</param>
    /// <param name="probe">Null while there is nothing. What it throws is reported if it still does at the end.</param>
    /// <param name="within">30 seconds if not given.</param>
    public static async Task<T> Some<T>(string what, Func<Task<T?>> probe, TimeSpan? within = null)
        where T : class
    {
        var limit = within ?? Patience;
        var end = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        for (var pause = 10; ; pause = Math.Min(pause * 2, 250))
        {
            try
            {
                last = null;
                if (await probe() is { } found) return found;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                last = e; // What is not there yet often throws.
            }

            if (TimeProvider.System.GetElapsedTime(end) > limit)
                throw new TimeoutException($"It never came true that {what} (waited {limit.TotalSeconds:0.#} s).", last);
            await Task.Delay(pause);
        }
    }
}
