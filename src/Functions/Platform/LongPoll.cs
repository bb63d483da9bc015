using System.Globalization;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Holds an answer until there is something to say (<c>?wait=</c>, seconds).</summary>
internal static class LongPoll
{
    /// <summary>The longest wait: well under what front ends and phones allow a request.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>How long the client would wait; zero where it did not say.</summary>
    public static Result<Wait> Read(HttpRequest request)
    {
        var text = request.Query["wait"].ToString();
        if (text.Length == 0)
        {
            return new Wait(TimeSpan.Zero);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new Wait(TimeSpan.FromSeconds(Math.Min(seconds, (int)MaxWait.TotalSeconds)))
            : PlatformErrors.Validation([FieldErrors.Invalid("wait", new("须为秒数。", "it must be a number of seconds."))]);
    }

    /// <summary>
    /// Reads until <paramref name="done"/> says that it is worth answering, or the wait is over, or the host is about to stop;
    /// then gives what was read last.
    /// </summary>
    /// <param name="cancellationToken">The function's own token: cancelled when the client leaves and when the host stops.</param>
    public static async Task<T> UntilAsync<T>(Wait wait, Func<CancellationToken, Task<T>> read, Func<T, bool> done, CancellationToken cancellationToken)
    {
        var value = await read(cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var pause = FirstPause;
        while (!done(value) && wait.Length - TimeProvider.System.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(left < pause ? left : pause, cancellationToken);
                value = await read(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return value;
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 3 / 2, LongestPause.Ticks));
        }

        return value;
    }

    /// <param name="Length">Zero to <see cref="MaxWait"/>.</param>
    internal sealed record Wait(TimeSpan Length);
}
