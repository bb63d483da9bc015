using System.Globalization;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Statements;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Statements;

/// <summary>A statement as a page to print.</summary>
internal sealed class HtmlStatement(Language language) : IStatementWriter
{
    private static readonly Text Owner = new("户名", "Account holder");
    private static readonly Text Wallet = new("钱包编号", "Wallet");
    private static readonly Text Period = new("期间（北京时间）", "Period (UTC+8)");
    private static readonly Text MadeAt = new("生成时间", "Made at");
    private static readonly Text Until = new("至", "to");
    private static readonly Text Entries = new("明细", "Entries");
    private static readonly Text Nothing = new("本期没有交易。", "Nothing happened in this period.");

    private bool isEmpty = true;

    public void Begin(StringBuilder text, StatementHeading heading)
    {
        var closing = heading.IsSoFar ? StatementWords.SoFar(heading.AsOf) : StatementWords.Closing;
        var until = heading.IsSoFar ? heading.AsOf : heading.Month.Ends.AddSeconds(-1);
        text.Append(PrintPage.Begin(language, $"{StatementWords.Title.In(language)} {heading.Month}")).Append("<table>\n");
        Fact(text, Owner, heading.Owner);
        Fact(text, Wallet, heading.Wallet.Value);
        Fact(text, Period, $"{StatementWords.At(heading.Month.Begins)} {Until.In(language)} {StatementWords.At(until)}");
        Fact(text, MadeAt, StatementWords.At(heading.AsOf));
        Fact(text, StatementWords.Opening, Balance(heading.OpeningAvailable, heading.OpeningHeld));
        Fact(text, closing, Balance(heading.ClosingAvailable, heading.ClosingHeld));
        text.Append("</table>\n<h2>").Append(Entries.In(language)).Append("</h2>\n<table>\n<thead><tr>");
        Headings(text, [StatementWords.Number, StatementWords.Time, StatementWords.Transaction, StatementWords.Kind, StatementWords.Counterparty, StatementWords.Note,
            StatementWords.In, StatementWords.Out, StatementWords.Fee, StatementWords.HeldChange, StatementWords.Available, StatementWords.Held]);
        text.Append("</tr></thead>\n<tbody>\n");
    }

    public void Line(StringBuilder text, Entry entry, StatementSums sums)
    {
        isEmpty = false;
        text.Append("<tr>");
        foreach (var cell in new[]
        {
            entry.Number.ToString(CultureInfo.InvariantCulture), StatementWords.At(entry.At), StatementWords.TransactionOf(entry),
            TransactionKinds.Of(entry.Kind).Line.In(language), StatementWords.CounterpartyOf(entry), entry.Note,
        })
        {
            text.Append("<td>").Append(PrintPage.Encode(cell)).Append("</td>");
        }

        Numbers(text, sums);
        Number(text, StatementWords.Yuan(entry.AvailableAfter));
        Number(text, StatementWords.Yuan(entry.HeldAfter));
        text.Append("</tr>\n");
    }

    public void End(StringBuilder text, StatementHeading heading, StatementTotals totals)
    {
        text.Append("</tbody></table>\n");
        if (isEmpty)
        {
            text.Append("<p>").Append(Nothing.In(language)).Append("</p>\n");
        }

        text.Append("<h2>").Append(StatementWords.Total.In(language)).Append("</h2>\n<table>\n<thead><tr>");
        Headings(text, [StatementWords.Kind, StatementWords.Count, StatementWords.In, StatementWords.Out, StatementWords.Fee, StatementWords.HeldChange]);
        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var (kind, sums) in totals.ByKind)
        {
            Sums(text, TransactionKinds.Of(kind).Line, sums);
        }

        Sums(text, StatementWords.Total, totals.All);
        text.Append("</tbody></table>\n").Append(PrintPage.End);
    }

    private string Balance(Money available, Money held) =>
        $"{StatementWords.Available.In(language)} {StatementWords.Yuan(available.Amount)}; {StatementWords.Held.In(language)} {StatementWords.Yuan(held.Amount)}";

    private void Fact(StringBuilder text, Text label, string value) =>
        text.Append("<tr><th>").Append(label.In(language)).Append("</th><td>").Append(PrintPage.Encode(value)).Append("</td></tr>\n");

    private void Headings(StringBuilder text, IEnumerable<Text> headings)
    {
        foreach (var heading in headings)
        {
            text.Append("<th>").Append(heading.In(language)).Append("</th>");
        }
    }

    private void Sums(StringBuilder text, Text title, StatementSums sums)
    {
        text.Append("<tr><td>").Append(title.In(language)).Append("</td>");
        Number(text, sums.Count.ToString(CultureInfo.InvariantCulture));
        Numbers(text, sums);
        text.Append("</tr>\n");
    }

    private static void Numbers(StringBuilder text, StatementSums sums)
    {
        Number(text, StatementWords.Yuan(sums.In));
        Number(text, StatementWords.Yuan(sums.Out));
        Number(text, StatementWords.Yuan(sums.Fee));
        Number(text, StatementWords.Yuan(sums.Held));
    }

    private static void Number(StringBuilder text, string number) => text.Append("<td class=\"n\">").Append(number).Append("</td>");
}
