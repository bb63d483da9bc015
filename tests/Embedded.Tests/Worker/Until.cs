using System.Diagnostics;

namespace Embedded.Tests.Worker;

/// <summary>Waits for a condition; says which one when it does not come true.</summary>
internal static class Until
{
    public static Task True(Func<bool> condition, string what, double seconds = 20) => True(() => Task.FromResult(condition()), what, seconds);

    public static async Task True(Func<Task<bool>> condition, string what, double seconds = 20)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed.TotalSeconds > seconds) throw new TimeoutException($"Not within {seconds} s: {what}.");
            await Task.Delay(10);
        }
    }
}
