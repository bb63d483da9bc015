using System.Text;
using System.Text.Json;

namespace WalletFunctions.Domain.Withdrawals;

/// <summary>The table of <see cref="WithdrawalStates"/> as documentation: a diagram, what each edge is, and the timers.</summary>
public static class WithdrawalDocument
{
    /// <summary>Markdown, with a Mermaid diagram; lines end in LF.</summary>
    public static string Write()
    {
        var text = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        foreach (var edge in WithdrawalStates.Edges)
        {
            text.Append("    ").Append(NameOf(edge.From)).Append(" --> ").Append(edge.To.Name()).Append(": ").Append(NameOf(edge.Move)).Append('\n');
        }

        foreach (var status in Enum.GetValues<WithdrawalStatus>().Where(status => !status.IsOpen()))
        {
            text.Append("    ").Append(status.Name()).Append(" --> [*]\n");
        }

        text.Append("```\n\n| from | move | to | money | made by | the customer reads |\n|---|---|---|---|---|---|\n");
        foreach (var edge in WithdrawalStates.Edges)
        {
            var words = WithdrawalTimeline.Words(edge.Note, null);
            text.Append($"| {Cell(edge.From)} | `{NameOf(edge.Move)}` | `{edge.To.Name()}` | {MoneyOf(edge.Money)} | {edge.By} | {words.En} {words.Zh} {SentOf(edge)} |\n");
        }

        text.Append("\n| timer | runs in | rings | and then | can lead to |\n|---|---|---|---|---|\n");
        foreach (var timer in WithdrawalStates.Timers)
        {
            text.Append($"| {timer.Name} | {List(timer.RunsIn.Select(WithdrawalStates.Name))} | {timer.Rings} | {timer.Ending} | {List(timer.Makes.Select(NameOf))} |\n");
        }

        return text.ToString();
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private static string Cell(WithdrawalStatus? status) => status is { } known ? $"`{known.Name()}`" : "";

    private static string NameOf(WithdrawalStatus? status) => status is { } known ? known.Name() : "[*]";

    private static string NameOf(WithdrawalMove move) => JsonNamingPolicy.SnakeCaseLower.ConvertName(move.ToString());

    private static string SentOf(WithdrawalEdge edge) => edge.IsPassing ? "(and is sent it, where the next step does not come at once)" : "(and is sent it)";

    private static string MoneyOf(MoneyStep step) => step switch
    {
        MoneyStep.None => "",
        MoneyStep.Hold => "set aside, with the fee",
        MoneyStep.Capture => "leaves",
        MoneyStep.Release => "available again, with the fee",
        MoneyStep.Return => "back in the wallet, with the fee",
    };
}
