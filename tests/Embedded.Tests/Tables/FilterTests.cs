using System.Linq.Expressions;
using Azure.Data.Tables;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Data.Tables' CreateQueryFilter, and learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities.</summary>
public class FilterTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Values_are_written_as_the_filter_language_wants_them()
    {
        TableClient.CreateQueryFilter($"a eq {"x'y"} or b eq {5} or c eq {5L} or d eq {true}").ShouldBe("a eq 'x''y' or b eq 5 or c eq 5L or d eq true");
        TableClient.CreateQueryFilter($"a eq {1.5} or b eq {2d} or c eq {1.5m}").ShouldBe("a eq 1.5 or b eq 2 or c eq 1.5");
        TableClient.CreateQueryFilter($"a eq {At} or b eq {At.UtcDateTime}").ShouldBe("a eq datetime'2026-01-05T12:00:00Z' or b eq datetime'2026-01-05T12:00:00Z'");
        TableClient.CreateQueryFilter($"a eq {Guid.Empty} or b eq {new byte[] { 1, 255 }}").ShouldBe("a eq guid'00000000-0000-0000-0000-000000000000' or b eq X'01FF'");
        Should.Throw<NotSupportedException>(() => TableClient.CreateQueryFilter($"a eq {null}"));
        Should.Throw<ArgumentException>(() => TableClient.CreateQueryFilter($"a eq {Colour.Red}"));
    }

    [Fact]
    public void Expressions_are_translated()
    {
        var amount = 7;
        Of(s => s.PartitionKey == "p" && s.RowKey == "r").ShouldBe("(PartitionKey eq 'p') and (RowKey eq 'r')");
        Of(s => s.Amount > amount || s.Amount <= 3).ShouldBe("(Amount gt 7L) or (Amount le 3L)");
        Of(s => 5 < s.Number).ShouldBe("5 lt Number");
        Of(s => s.Ratio > 2 || s.Ratio < -2 || s.Ratio == 1.5).ShouldBe("((Ratio gt 2.0) or (Ratio lt -2)) or (Ratio eq 1.5)");
        Of(s => s.MaybeNumber == 5).ShouldBe("MaybeNumber eq 5");
        Of(s => s.MaybeNumber!.Value != 5).ShouldBe("MaybeNumber ne 5");
        Of(s => s.Flag).ShouldBe("Flag eq true");
        Of(s => !s.Flag).ShouldBe("not (Flag eq true)");
        Of(s => s.Text!.Equals("a")).ShouldBe("Text eq 'a'");
        Of(s => string.Equals(s.Text, "a")).ShouldBe("Text eq 'a'");
        Of(s => s.RowKey.CompareTo("a") >= 0 && string.Compare(s.RowKey, "b") < 0).ShouldBe("(RowKey ge 'a') and (RowKey lt 'b')");
        Of(s => s.Original == "x").ShouldBe("renamed eq 'x'");
        Of(s => s.At < At.AddDays(1)).ShouldBe("At lt datetime'2026-01-06T12:00:00Z'");
        Of(s => s.Utc < new DateTime(2026, 1, 6)).ShouldBe("Utc lt datetime'2026-01-06T00:00:00'");
        TableClient.CreateQueryFilter<TableEntity>(e => e.RowKey.CompareTo("n|") > 0 && e.RowKey.CompareTo("n|" + "~") < 0).ShouldBe("(RowKey gt 'n|') and (RowKey lt 'n|~')");
        TableClient.CreateQueryFilter<TableEntity>(e => e.GetString("a") == "x" && e.GetBoolean("b") == true).ShouldBe("(a eq 'x') and (b eq true)");
        TableClient.CreateQueryFilter<TableEntity>(e => (string)e["a"] == "x").ShouldBe("a eq 'x'");
    }

    [Fact]
    public void What_the_service_cannot_do_is_refused()
    {
        Refused(s => s.RowKey.StartsWith("ab"));
        Refused(s => s.RowKey.Equals("a", StringComparison.OrdinalIgnoreCase));
        Refused(s => s.Text!.Length == 3);
        Refused(s => s.Text == null);
        Refused(s => s.Colour == Colour.Red);
        Refused(s => s.Number == s.MaybeNumber);
    }

    private static string Of(Expression<Func<Sample, bool>> filter) => TableClient.CreateQueryFilter(filter);

    private static void Refused(Expression<Func<Sample, bool>> filter) => Should.Throw<NotSupportedException>(() => Of(filter), filter.ToString());
}
