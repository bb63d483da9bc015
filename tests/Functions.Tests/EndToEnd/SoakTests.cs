using System.Globalization;
using WalletFunctions.Soak;
using Xunit;
using Xunit.Abstractions;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>The wallet against a model of its rules, while storage fails and hosts die. Bench's verb <c>soak</c> does it for hours.</summary>
public class SoakTests(ITestOutputHelper output)
{
    /// <summary>Set it to see a failed seed again.</summary>
    private const string Seed = "SOAK_SEED";

    [Fact]
    public async Task Clients_of_two_hosts_are_told_what_the_rules_say_whatever_fails_and_whoever_dies()
    {
        var seed = Environment.GetEnvironmentVariable(Seed) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Environment.TickCount;
        output.WriteLine($"{Seed}={seed}");
        output.WriteLine(await SoakRound.RunAsync(SoakPlan.Short(seed)));
    }
}
