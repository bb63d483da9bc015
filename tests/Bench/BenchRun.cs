using System.Globalization;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>What scenarios share: how long to measure, the storage, and the report.</summary>
/// <param name="IsShort">A run of a minute or so, for a first look and for CI.</param>
internal sealed record BenchRun(bool IsShort)
{
    /// <summary>How often the measured thing and its baseline take turns.</summary>
    public int Rounds => IsShort ? 3 : 8;

    /// <summary>How long one turn lasts.</summary>
    public TimeSpan Turn => TimeSpan.FromSeconds(IsShort ? 1.5 : 5);

    /// <summary>How long a thing runs unmeasured, until its code is compiled.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(IsShort ? 1 : 3);

    /// <summary>An empty storage in memory; a scenario stops it when it is done, for it slows down as it fills.</summary>
    public static Azurite StartStorage() => Azurite.Start();

    /// <summary>A headline.</summary>
    public static void Title(string text)
    {
        Console.WriteLine();
        Console.WriteLine(text);
    }

    /// <summary>One line of the report.</summary>
    public static void Report(string what, Tally tally, Tally? baseline = null)
    {
        var ratio = baseline is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{tally.PerSecond / baseline.PerSecond,8:0.000} x");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-36}{tally.PerSecond,9:0} /s{ratio,10}{tally.Calls,9:0.00} calls{tally.Bytes / 1024,9:0.0} KiB{tally.CpuMilliseconds,8:0.000} ms CPU{tally.MedianMilliseconds,8:0.00} ms median"));
    }

    /// <summary>One line of words.</summary>
    public static void Say(string text) => Console.WriteLine("  " + text);
}
