using System.Globalization;
using WalletFunctions.Soak;

namespace WalletFunctions.Bench;

/// <summary>Random clients against two hosts, round after round with new seeds, until the time is over or something breaks.</summary>
internal static class SoakCommand
{
    /// <summary>The argument that runs it. It measures nothing, so it is no part of a run without a name.</summary>
    public const string Verb = "soak";

    /// <param name="args"><c>--minutes N</c> (else one round) and <c>--seed S</c> (else any).</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var seed = Value(args, "--seed") ?? Environment.TickCount;
        var until = TimeSpan.FromMinutes(Value(args, "--minutes") ?? 0);
        var isShort = args.Contains("--short", StringComparer.Ordinal);
        var started = TimeProvider.System.GetTimestamp();
        do
        {
            try
            {
                var line = await SoakRound.RunAsync(isShort ? SoakPlan.Short(seed) : SoakPlan.Long(seed));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(started):hh\\:mm\\:ss} seed {seed}: {line}"));
            }
            catch (SoakFailure failure)
            {
                Console.WriteLine(failure.Message);
                return 1;
            }

            seed = FaultPlan.Mix(seed, 1);
        }
        while (TimeProvider.System.GetElapsedTime(started) < until);
        return 0;
    }

    private static int? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : null;
}
