using Shouldly;
using WalletFunctions.Domain.Withdrawals;
using Xunit;

namespace WalletFunctions.Domain.Tests.Withdrawals;

public class WithdrawalDocumentTests
{
    private const string Begin = "<!-- begin: made from WithdrawalStates -->\n";
    private const string End = "<!-- end -->";

    [Fact]
    public void The_document_shows_the_table_as_it_is()
    {
        var file = Path.Combine(Root(), "docs", "withdrawals.md");
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        (from >= 0 && to > from).ShouldBeTrue($"{file} lacks the marks {Begin} and {End}");
        var made = WithdrawalDocument.Write();
        if (Environment.GetEnvironmentVariable("WRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(file, text[..(from + Begin.Length)] + made + text[to..]);
            return;
        }

        text[(from + Begin.Length)..to].ShouldBe(made, "docs/withdrawals.md differs from the table; run this test with WRITE_DOCS=1");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "WalletFunctions.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No WalletFunctions.sln above the tests.");
        }

        return folder;
    }
}
