using System.Text;
using Shouldly;
using WalletFunctions.Domain.Refunds;
using Xunit;
using static WalletFunctions.Domain.Refunds.RefundStatus;

namespace WalletFunctions.Domain.Tests.Refunds;

/// <summary>The table of refunds is whole, and docs/refunds.md says what it says.</summary>
public sealed class RefundStatesTests
{
    [Fact]
    public void Every_state_is_reached_and_left_unless_it_is_an_end()
    {
        foreach (var status in Enum.GetValues<RefundStatus>())
        {
            (status == Requested || RefundStates.Edges.Any(edge => edge.To == status && edge.From != status)).ShouldBeTrue($"{status} is never reached");
            RefundStates.Edges.Any(edge => edge.From == status).ShouldBe(!status.IsFinal(), $"{status}");
            RefundStates.Parse(status.Name()).ShouldBe(status);
        }

        Should.Throw<FormatException>(() => RefundStates.Parse("paused"));
    }

    [Fact]
    public void Nothing_leads_back_to_a_merchants_first_word_or_out_of_an_end()
    {
        RefundStates.Edges.ShouldAllBe(edge => edge.To != Requested && (edge.To != WithMerchant || edge.From == Requested || edge.From == WithMerchant));
        RefundStates.Edges.ShouldAllBe(edge => !edge.From.IsFinal());
    }

    [Fact]
    public void Money_moves_only_from_granted_states_and_only_people_or_a_merchants_silence_grant()
    {
        RefundStates.Edges.Where(edge => edge.To == Refunded).ShouldAllBe(edge => edge.From == Approved || edge.From == AwaitingFunds);
        RefundStates.Edges.Where(edge => edge.To == Approved).Select(edge => edge.Event).Distinct()
            .ShouldBe([RefundEvent.MerchantApprove, RefundEvent.SilenceApproves, RefundEvent.SupportApprove], ignoreOrder: true);
    }

    [Fact]
    public void Every_state_that_waits_has_a_timer_and_every_timer_an_ending_of_the_table()
    {
        RefundTimers.Rules.Select(rule => rule.Status).Distinct().ShouldBe(Enum.GetValues<RefundStatus>().Where(status => !status.IsFinal()), ignoreOrder: true);
        foreach (var rule in RefundTimers.Rules)
        {
            rule.Endings.ShouldNotBeEmpty();
            rule.Endings.ShouldAllBe(ending => RefundStates.After(rule.Status, ending) != null, $"{rule.Status} {rule.Timer}");
        }

        var byClock = RefundStates.Edges.Where(edge => edge.By is RefundActor.Clock or RefundActor.System).Select(edge => (edge.From, edge.Event));
        byClock.ShouldBe(RefundTimers.Rules.SelectMany(rule => rule.Endings.Select(ending => (rule.Status, ending))), ignoreOrder: true);
    }

    [Fact]
    public void Every_line_speaks_both_languages() => RefundStates.Edges.Select(edge => edge.Words).OfType<Text>().Append(RefundStates.RequestedWords)
        .ShouldAllBe(words => words.Zh.Length > 0 && words.En.Length > 0 && words.En.All(c => c < 0x3000));

    [Fact]
    public void The_document_shows_the_table_as_it_is()
    {
        var file = Path.Combine(Root(), "docs", "refunds.md");
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var made = Made();
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        (from >= 0 && to > from).ShouldBeTrue($"{file} lacks the marks {Begin} and {End}");
        text[from..(to + End.Length)].ShouldBe(made, $"docs/refunds.md differs from the table; put this between the marks:\n{made}");
    }

    private const string Begin = "<!-- begin: made from RefundStates and RefundTimers -->";
    private const string End = "<!-- end -->";

    private static string Made()
    {
        var text = new StringBuilder(Begin).Append("\n```mermaid\nstateDiagram-v2\n  [*] --> requested: request\n");
        foreach (var group in RefundStates.Edges.GroupBy(edge => (edge.From, edge.To)))
        {
            text.Append($"  {group.Key.From.Name()} --> {group.Key.To.Name()}: {string.Join(", ", group.Select(edge => Snake(edge.Event)))}\n");
        }

        foreach (var status in Enum.GetValues<RefundStatus>().Where(status => status.IsFinal() || status == Denied))
        {
            text.Append($"  {status.Name()} --> [*]\n");
        }

        text.Append("```\n\n| from | event | to | by | the customer reads |\n|---|---|---|---|---|\n");
        foreach (var edge in RefundStates.Edges)
        {
            text.Append($"| `{edge.From.Name()}` | `{Snake(edge.Event)}` | `{edge.To.Name()}` | {Snake(edge.By)} | {edge.Words?.En ?? "nothing"}{(edge.Notifies ? " (and is sent it)" : "")} |\n");
        }

        text.Append("\n| state | timer | length | its endings |\n|---|---|---|---|\n");
        foreach (var rule in RefundTimers.Rules)
        {
            text.Append($"| `{rule.Status.Name()}` | `{Snake(rule.Timer)}` | {rule.Length} | {string.Join(", ", rule.Endings.Select(ending => $"`{Snake(ending)}`"))} |\n");
        }

        return text.Append(End).ToString();
    }

    private static string Snake<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WalletFunctions.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The repository was not found.");
        }

        return folder.FullName;
    }
}
