using Shouldly;
using WalletFunctions.Domain.Risk;
using Xunit;

namespace WalletFunctions.Domain.Tests.Risk;

/// <summary>What docs/risk.md says of the built-in policy is what it does to the labelled set.</summary>
public sealed class RiskTableTests
{
    [Fact]
    public void The_documented_precision_and_recall_are_those_of_the_built_in_policy()
    {
        var tables = RiskScore.Tables(RiskScore.Judge(RiskPolicy.Default, Stories.All()));
        var documented = File.ReadAllLines(Path.Combine(Root(), "docs", "risk.md"));
        var first = Array.IndexOf(documented, tables[0]);
        first.ShouldBeGreaterThanOrEqualTo(0, "docs/risk.md must have this table:\n" + string.Join('\n', tables));
        documented.Skip(first).Take(tables.Count).ShouldBe(tables, "docs/risk.md must have these tables:\n" + string.Join('\n', tables));
    }

    [Fact]
    public void The_set_has_its_size_is_the_same_every_time_and_is_mostly_ordinary_life()
    {
        var moves = Stories.All();
        var scored = moves.Where(move => !move.IsHabit).ToList();
        scored.Count.ShouldBe(Stories.Size);
        Stories.All().ShouldBe(moves);
        scored.Select(move => move.Story).Distinct().Count().ShouldBe(Enum.GetValues<Story>().Length);
        scored.Count(move => move.IsBad).ShouldBeInRange(40, 240, "bad moves are rare, and enough to count");
        moves.GroupBy(move => move.Person).ShouldAllBe(person => person.Zip(person.Skip(1)).All(pair => pair.First.At <= pair.Second.At));
    }

    /// <summary>Each rule is reached by the set, and counts nothing but itself.</summary>
    [Fact]
    public void A_policy_with_one_threshold_fires_that_rule_alone()
    {
        var moves = Stories.All();
        foreach (var (rule, thresholds) in new (RiskRule, RiskThresholds)[]
        {
            (RiskRule.LargeAmount, new() { LargeAmount = 500_000 }),
            (RiskRule.DailyUnconfirmed, new() { DailyUnconfirmed = 500_000 }),
            (RiskRule.NewPayee, new() { NewPayee = 100_000 }),
            (RiskRule.NewDevice, new() { NewDevice = 100_000 }),
            (RiskRule.NightNewPayee, new() { NightNewPayee = 10_000 }),
            (RiskRule.Velocity, new() { VelocityMoves = 3, VelocityAmount = 100_000 }),
            (RiskRule.ReviewNewDeviceNewPayee, new() { ReviewNewDeviceNewPayee = 100_000 }),
            (RiskRule.ReviewNewPayee, new() { ReviewNewPayee = 100_000 }),
        })
        {
            var fired = RiskScore.Judge(new RiskPolicy([thresholds, thresholds, thresholds]), moves).SelectMany(judged => judged.Verdict.Fired).ToList();
            fired.ShouldNotBeEmpty(rule.ToString());
            fired.ShouldAllBe(one => one == rule);
        }
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "WalletFunctions.sln")))
        {
            at = at.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return at.FullName;
    }
}
