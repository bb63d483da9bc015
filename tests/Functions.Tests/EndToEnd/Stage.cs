using System.Diagnostics;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>A storage of a test's own, empty, that outlives the hosts killed on it.</summary>
internal sealed class OwnStorage : IDisposable
{
    private readonly Azurite azurite = Azurite.Start();

    public string ConnectionString => azurite.ConnectionString;

    public void Dispose() => azurite.Stop();
}

/// <summary>Waiting for what the hosts will do, across their deaths.</summary>
internal static class Stage
{
    /// <summary>Asks until there is an answer that is found.</summary>
    public static async Task<WalletAnswer> SeenAsync(string what, TimeSpan limit, Func<Task<WalletAnswer>> ask)
    {
        WalletAnswer? seen = null;
        await UntilAsync(what, limit, async () => ((seen = await ask()).Status == System.Net.HttpStatusCode.OK, seen.ToString()));
        return seen!;
    }

    /// <summary>Asks until the probe says yes; what a dead host does not answer is asked again.</summary>
    /// <param name="what">Completes "It never came true that …".</param>
    /// <param name="limit">How long to ask.</param>
    /// <param name="probe">Whether it holds, and what was seen.</param>
    public static async Task UntilAsync(string what, TimeSpan limit, Func<Task<(bool Holds, string Seen)>> probe)
    {
        var waited = Stopwatch.StartNew();
        var seen = "nothing";
        while (waited.Elapsed < limit)
        {
            try
            {
                (var holds, seen) = await probe();
                if (holds)
                {
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
            {
                seen = fault.Message;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"It never came true that {what} (within {limit}). Last seen: {seen}");
    }
}
