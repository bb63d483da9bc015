using System.Net;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.Statements;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

[Collection(LivedBookTests.Name)]
public sealed class StatementTests(LivedBook book)
{
    [Theory]
    [InlineData("zh-CN", "明细", "小计", "合计", "期初余额")]
    [InlineData("en", "Entry", "Subtotal", "Total", "Opening balance")]
    public async Task Every_month_adds_up_and_the_months_follow_one_another(string language, string entryLine, string subtotal, string total, string opening)
    {
        (long Available, long Held) carried = (0, 0);
        var counted = 0;
        var months = Months();
        months.Count.ShouldBeGreaterThan(2);
        foreach (var month in months)
        {
            var lines = await CsvAsync(month, language);
            lines.ShouldAllBe(line => line.Count == lines[0].Count);
            var entries = book.Entries.Where(entry => MonthOf(entry) == month).ToList();
            var shown = lines.Where(line => line[0] == entryLine).ToList();
            shown.Select(line => line[1]).ShouldBe(entries.Select(entry => entry.Number.ToString()));
            shown.Select(line => line[6]).ShouldBe(entries.Select(entry => Harmless(entry.Note ?? "")));
            foreach (var (line, entry) in shown.Zip(entries))
            {
                (Csv.Fen(line[12]), Csv.Fen(line[13])).ShouldBe((entry.AvailableAfter, entry.HeldAfter));
            }

            var (first, last) = (lines[1], lines[^1]);
            first[0].ShouldBe(opening);
            (Csv.Fen(first[12]), Csv.Fen(first[13])).ShouldBe(carried, month);
            carried = (Csv.Fen(last[12]), Csv.Fen(last[13]));
            var sums = lines.Where(line => line[0] == total).ShouldHaveSingleItem();
            (Csv.Fen(first[12]) + Csv.Fen(sums[8]) - Csv.Fen(sums[9]), Csv.Fen(first[13]) + Csv.Fen(sums[11])).ShouldBe(carried, month);
            foreach (var column in new[] { 7, 8, 9, 10, 11 })
            {
                lines.Where(line => line[0] == subtotal).Sum(line => Csv.Fen(line[column])).ShouldBe(Csv.Fen(sums[column]));
                (column == 7 ? entries.Count : shown.Sum(line => Csv.Fen(line[column]))).ShouldBe(Csv.Fen(sums[column]));
            }

            counted += shown.Count;
        }

        counted.ShouldBe(book.Entries.Count);
        carried.ShouldBe((book.Entries[^1].AvailableAfter, book.Entries[^1].HeldAfter));
    }

    [Fact]
    public async Task The_CSV_opens_in_Excel_as_it_is_meant()
    {
        var month = Months()[0];
        var answer = (await book.Owner.GetAsync($"v1/statements/{month}")).Must(HttpStatusCode.OK);
        answer.Header("Content-Type").ShouldBe("text/csv; charset=utf-8; header=present");
        answer.Header("Content-Disposition").ShouldBe($"attachment; filename=\"statement-{month}.csv\"");
        answer.Header("Content-Language").ShouldBe("zh-CN");

        // Reading it as text takes the mark away.
        using var http = new HttpClient { BaseAddress = book.App.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", book.Owner.Token);
        (await http.GetByteArrayAsync($"v1/statements/{month}"))[..3].ShouldBe(CsvStatement.ByteOrderMark, "without the mark Excel reads GBK");
    }

    [Theory]
    [InlineData("午饭", "\"午饭\"")]
    [InlineData("say \"hi\", twice\r\nover", "\"say \"\"hi\"\", twice\r\nover\"")]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("  =1", "\"'  =1\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("＝1+1", "\"'＝1+1\"")]
    [InlineData("", "\"\"")]
    [InlineData("a=1", "\"a=1\"")]
    public void A_cell_never_is_a_formula(string text, string cell) => CsvStatement.Quoted(text).ShouldBe(cell);

    [Fact]
    public async Task The_page_shows_the_same_escaped_and_runs_nothing()
    {
        foreach (var (language, title) in new[] { ("zh-CN", "钱包对账单"), ("en", "Wallet statement") })
        {
            foreach (var month in Months())
            {
                var page = (await book.Owner.SendAsync(HttpMethod.Get, $"v1/statements/{month}", headers: [("Accept", "text/html"), ("Accept-Language", language)])).Must(HttpStatusCode.OK);
                page.Header("Content-Security-Policy").ShouldBe(PrintPage.ContentSecurityPolicy);
                page.Header("Content-Type").ShouldBe("text/html; charset=utf-8");
                page.Header("Content-Disposition").ShouldBeNull();
                page.Body.ShouldContain($"<h1>{title} {month}</h1>");
                page.Body.ShouldNotContain("<script");
                page.Body.ShouldNotContain("<b>");
                page.Body.ShouldEndWith("</body></html>\n");
                foreach (var entry in book.Entries.Where(entry => MonthOf(entry) == month))
                {
                    page.Body.ShouldContain($"<td>{entry.Number}</td><td>");
                    page.Body.ShouldContain($"<td>{WebUtility.HtmlEncode(entry.Note ?? "")}</td>");
                    page.Body.ShouldContain($">{StatementWords.Yuan(entry.AvailableAfter)}</td>");
                }
            }
        }
    }

    [Fact]
    public async Task The_current_month_says_that_it_goes_on_and_the_next_has_not_begun()
    {
        var now = book.App.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var month = Shanghai.DayOf(now);
        var current = (await book.Owner.SendAsync(HttpMethod.Get, $"v1/statements/{month:yyyy-MM}", headers: ("Accept-Language", "en"))).Must(HttpStatusCode.OK);
        current.Header("Content-Disposition")!.ShouldContain("so-far");
        current.Body.ShouldContain("Balance so far, as of");
        (await book.Owner.GetAsync($"v1/statements/{month:yyyy-MM}?format=html")).Must(HttpStatusCode.OK).Body.ShouldContain("本月尚未结束");
        (await CsvAsync(Months()[0], "en"))[^1][0].ShouldBe("Closing balance");
        foreach (var (language, word) in new[] { ("zh-CN", "尚未开始"), ("en", "has not begun") })
        {
            (await book.Owner.SendAsync(HttpMethod.Get, $"v1/statements/{month.AddMonths(1):yyyy-MM}", headers: ("Accept-Language", language)))
                .MustRefuse(HttpStatusCode.NotFound, "statement_not_available").Text("detail").ShouldContain(word);
        }
    }

    [Fact]
    public async Task A_month_in_which_nothing_happened_has_an_empty_statement()
    {
        var lines = await CsvAsync("2019-02", "en");
        lines.Select(line => line[0]).ShouldBe(["Line", "Opening balance", "Total", "Closing balance"]);
        lines[^1][12].ShouldBe("0.00");
        (await book.Owner.GetAsync("v1/statements/2019-02?format=html")).Must(HttpStatusCode.OK).Body.ShouldContain("本期没有交易。");
    }

    [Theory]
    [InlineData("v1/statements/november")]
    [InlineData("v1/statements/2026-13")]
    [InlineData("v1/statements/2026-11?format=pdf")]
    public async Task A_month_or_a_form_that_is_none_is_refused(string path) =>
        (await book.Owner.GetAsync(path)).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");

    [Fact]
    public async Task A_long_statement_is_whole_and_half_a_one_is_never_taken_for_whole()
    {
        const int TopUps = (2 * Statement.Portion) + 50;
        await using var app = await TestApp.StartAsync();
        using var owner = await app.CustomerAsync(2);
        await Parallel.ForAsync(0, TopUps, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => (await owner.PostAsync("v1/topups", LivedBook.TopUp(1))).Must(HttpStatusCode.Created));
        var month = Shanghai.DayOf(TimeProvider.System.GetUtcNow()).ToString("yyyy-MM");

        var lines = Csv.Parse((await owner.GetAsync($"v1/statements/{month}")).Must(HttpStatusCode.OK).Body);
        var numbers = lines.Where(line => line[0] == "明细").Select(line => long.Parse(line[1])).ToList();
        numbers.ShouldBe(Enumerable.Range((int)numbers[0], numbers.Count).Select(number => (long)number));
        numbers.Count.ShouldBeGreaterThanOrEqualTo(TopUps);

        var table = app.Services.GetRequiredService<Storage>().Table(Ledger.TableName);
        var partition = BookKeys.Partition(WalletId.Of((await owner.GetAsync("v1/wallet")).Text("walletId")));
        await table.DeleteEntityAsync(partition, BookKeys.Entry(partition, numbers[^1]));
        (await owner.GetAsync($"v1/statements/{month}")).Status.ShouldBe(HttpStatusCode.InternalServerError, "the closing balance is that entry's");
        await table.AddEntityAsync(new Azure.Data.Tables.TableEntity(partition, BookKeys.Entry(partition, numbers[^1])) { ["k"] = (int)EntryKind.TopUp, ["o"] = "top_x", ["p"] = "2>0:1", ["a"] = 0L, ["at"] = TimeProvider.System.GetUtcNow(), ["x"] = new byte[32] });
        await Should.ThrowAsync<HttpRequestException>(() => owner.GetAsync($"v1/statements/{month}"));
    }

    private async Task<List<List<string>>> CsvAsync(string month, string language) =>
        Csv.Parse((await book.Owner.SendAsync(HttpMethod.Get, $"v1/statements/{month}?format=csv", headers: ("Accept-Language", language))).Must(HttpStatusCode.OK).Body);

    private List<string> Months() => book.Entries.Select(MonthOf).Distinct().ToList();

    private static string MonthOf(Entry entry) => Shanghai.DayOf(entry.At).ToString("yyyy-MM");

    private static string Harmless(string note) => note.StartsWith('=') ? "'" + note : note;
}
