using System.Buffers;
using System.Globalization;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Statements;

namespace WalletFunctions.Wallet.Statements;

/// <summary>A statement as CSV (RFC 4180): one table, every line with the same columns, the first of which says what the line is.</summary>
/// <remarks>
/// For Excel in China it begins with a byte order mark: without it, Excel takes the file for GBK. Text that a spreadsheet
/// would calculate gets an apostrophe before it: a payer must not be able to write a formula into the payee's statement.
/// </remarks>
internal sealed class CsvStatement(Language language) : IStatementWriter
{
    private const string NewLine = "\r\n";

    private static readonly Text Line = new("行", "Line");
    private static readonly Text EntryLine = new("明细", "Entry");

    /// <summary>What begins a formula, the full-width forms that Chinese and Japanese Excel take as well included.</summary>
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@＝＋－＠");

    public static byte[] ByteOrderMark { get; } = [0xEF, 0xBB, 0xBF];

    public void Begin(StringBuilder text, StatementHeading heading)
    {
        Write(text, [
            .. new[]
            {
                Line, StatementWords.Number, StatementWords.Time, StatementWords.Transaction, StatementWords.Kind, StatementWords.Counterparty, StatementWords.Note,
                StatementWords.Count, StatementWords.In, StatementWords.Out, StatementWords.Fee, StatementWords.HeldChange, StatementWords.Available, StatementWords.Held,
            }.Select(Words)]);
        Balance(text, StatementWords.Opening, heading.Month.Begins, heading.OpeningAvailable, heading.OpeningHeld);
    }

    void IStatementWriter.Line(StringBuilder text, Entry entry, StatementSums sums) => Write(text, [
        Words(EntryLine),
        entry.Number.ToString(CultureInfo.InvariantCulture),
        StatementWords.At(entry.At),
        Quoted(StatementWords.TransactionOf(entry)),
        Words(TransactionKinds.Of(entry.Kind).Line),
        Quoted(StatementWords.CounterpartyOf(entry)),
        Quoted(entry.Note ?? ""),
        "",
        .. Amounts(sums),
        StatementWords.Yuan(entry.AvailableAfter),
        StatementWords.Yuan(entry.HeldAfter)]);

    public void End(StringBuilder text, StatementHeading heading, StatementTotals totals)
    {
        foreach (var (kind, sums) in totals.ByKind)
        {
            Sums(text, StatementWords.Subtotal, Words(TransactionKinds.Of(kind).Line), sums);
        }

        Sums(text, StatementWords.Total, "", totals.All);
        var (title, at) = heading.IsSoFar ? (StatementWords.SoFar(heading.AsOf), heading.AsOf) : (StatementWords.Closing, heading.Month.Ends.AddSeconds(-1));
        Balance(text, title, at, heading.ClosingAvailable, heading.ClosingHeld);
    }

    private void Sums(StringBuilder text, Text title, string kind, StatementSums sums) => Write(text, [
        Words(title), "", "", "", kind, "", "", sums.Count.ToString(CultureInfo.InvariantCulture), .. Amounts(sums), "", ""]);

    private void Balance(StringBuilder text, Text title, DateTimeOffset at, Money available, Money held) => Write(text, [
        Words(title), "", StatementWords.At(at), "", "", "", "", "", "", "", "", "", StatementWords.Yuan(available.Amount), StatementWords.Yuan(held.Amount)]);

    private static string[] Amounts(StatementSums sums) =>
        [StatementWords.Yuan(sums.In), StatementWords.Yuan(sums.Out), StatementWords.Yuan(sums.Fee), StatementWords.Yuan(sums.Held)];

    private string Words(Text words) => Quoted(words.In(language));

    /// <summary>A cell with text from anybody.</summary>
    internal static string Quoted(string text)
    {
        var start = text.AsSpan().TrimStart();
        var isFormula = (start.Length > 0 && FormulaStarts.Contains(start[0])) || text.StartsWith('\t') || text.StartsWith('\r') || text.StartsWith('\n');
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static void Write(StringBuilder text, IReadOnlyList<string> cells) => text.AppendJoin(',', cells).Append(NewLine);
}
