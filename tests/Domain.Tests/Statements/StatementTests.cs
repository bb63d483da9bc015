using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Statements;
using Xunit;

namespace WalletFunctions.Domain.Tests.Statements;

public sealed class StatementTests
{
    [Theory]
    [InlineData("2026-11", true)]
    [InlineData("2026-1", false)]
    [InlineData("2026-13", false)]
    [InlineData("2026-00", false)]
    [InlineData("0001-01", false)]
    [InlineData("9999-12", false)]
    [InlineData("2026-11-01", false)]
    [InlineData("", false)]
    [InlineData("２０２６-11", false)]
    public void A_month_is_four_digits_a_dash_and_two(string text, bool isMonth) => StatementMonth.TryParse(text, out _).ShouldBe(isMonth);

    [Fact]
    public void A_month_begins_and_ends_at_midnight_in_Shanghai()
    {
        StatementMonth.TryParse("2026-12", out var month).ShouldBeTrue();
        month.Begins.ShouldBe(new DateTimeOffset(2026, 11, 30, 16, 0, 0, TimeSpan.Zero));
        month.Ends.ShouldBe(new DateTimeOffset(2026, 12, 31, 16, 0, 0, TimeSpan.Zero));
        month.ToString().ShouldBe("2026-12");
    }

    [Fact]
    public void The_sums_of_any_entries_are_the_difference_of_the_balances_to_the_fen()
    {
        var seed = Environment.TickCount;
        for (var run = 0; run < 300; run++)
        {
            var random = new Random(seed + run);
            var before = new Balances(random.Next(1_000_000), random.Next(1_000), 0, 0, 0, 0, 0);
            var (balances, totals) = (before, new StatementTotals(before.Available, before.Held));
            for (var number = 1; number <= 40; number++)
            {
                var entry = RandomEntry(random, number, ref balances);
                totals.Add(entry);
                var sums = totals.All;
                (before.Available + sums.In - sums.Out, before.Held + sums.Held, sums.Fee, sums.Count)
                    .ShouldBe((balances.Available, balances.Held, balances.Fees, number), $"seed {seed + run}");
                totals.ByKind.Values.Aggregate(default(StatementSums), (left, right) => left + right).ShouldBe(sums, $"seed {seed + run}");
            }
        }
    }

    [Fact]
    public void An_entry_that_does_not_add_up_is_not_counted_in_silence()
    {
        var balances = new Balances(1_000_000, 0, 0, 0, 0, 0, 0);
        var entry = RandomEntry(new Random(1), 1, ref balances);
        Should.Throw<InvalidDataException>(() => new StatementTotals(1_000_000, 0).Add(entry with { AvailableAfter = entry.AvailableAfter + 1 }));
        Should.Throw<InvalidDataException>(() => new StatementTotals(1_000_000, 0).Add(entry with { HeldAfter = entry.HeldAfter - 1 }));
        Should.Throw<InvalidDataException>(() => new StatementTotals(999_999, 0).Add(entry));
    }

    private static Entry RandomEntry(Random random, long number, ref Balances balances)
    {
        var postings = new List<Posting>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var (from, to) = ((BookAccount)random.Next(7), (BookAccount)random.Next(7));
            postings.Add(new Posting(from, from == to ? (BookAccount)(((int)to + 1) % 7) : to, random.Next(1, 100_000)));
        }

        balances = balances.After(postings);
        var kinds = Enum.GetValues<EntryKind>();
        return new Entry(new WalletId("wal_x"), number, DateTimeOffset.UnixEpoch, kinds[random.Next(kinds.Length)], "txn_x", postings, null, null, balances.Available, balances.Held, default);
    }
}
