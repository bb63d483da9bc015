using System.Net;
using System.Text.Json;
using Functions.Tests;
using Shouldly;
using WalletFunctions.Domain.Calendar;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

[Collection(LivedBookTests.Name)]
public sealed class TransactionFilterTests(LivedBook book)
{
    [Fact]
    public async Task A_filtered_list_is_the_whole_list_sorted_out_whatever_the_page_size()
    {
        var random = new Random(7);
        var whole = book.Transactions;
        whole.Count.ShouldBeGreaterThan(40);
        string Pick(Func<JsonElement, string> of) => of(whole[random.Next(whole.Count)]);
        var matched = 0;
        for (var run = 0; run < 60; run++)
        {
            var (query, shows) = ("", (Func<JsonElement, bool>)(_ => true));
            void And(bool chosen, string text, Func<JsonElement, bool> condition)
            {
                if (chosen)
                {
                    var before = shows;
                    (query, shows) = (query + "&" + text, item => before(item) && condition(item));
                }
            }

            var (kind, direction, status) = (Pick(Kind), Pick(item => item.GetProperty("direction").GetString()!), Pick(item => item.GetProperty("status").GetString()!));
            var (one, two) = (Time(whole[random.Next(whole.Count)]), Time(whole[random.Next(whole.Count)]));
            var (from, to) = one < two ? (one, two) : (two, one);
            var day = Shanghai.DayOf(from);
            var party = Pick(item => Party(item, "walletId"));
            var name = Pick(item => Party(item, "name"));
            var amount = random.Next(100, 1500);
            And(random.Next(3) == 0, $"kind={kind}", item => Kind(item) == kind);
            And(query.Length == 0 && random.Next(6) == 0, "kind=topup&kind=transfer,withdrawal", item => Kind(item) is "topup" or "transfer" or "withdrawal");
            And(random.Next(3) == 0, $"direction={direction}", item => item.GetProperty("direction").GetString() == direction);
            And(random.Next(6) == 0, $"status={status}", item => item.GetProperty("status").GetString() == status);
            var (byDay, byMoment) = (random.Next(4) == 0, random.Next(3) == 0);
            And(byDay, $"from={day:yyyy-MM-dd}&to={day:yyyy-MM-dd}", item => Shanghai.DayOf(Time(item)) == day);
            And(byMoment && !byDay, $"from={Exact(from)}&to={Exact(to)}", item => Time(item) >= from && Time(item) <= to);
            And(party.Length > 0 && random.Next(5) == 0, $"counterparty={party}", item => Party(item, "walletId") == party);
            And(!query.Contains("counterparty", StringComparison.Ordinal) && name.Length > 1 && random.Next(5) == 0, $"counterparty={Uri.EscapeDataString(name[^1..])}",
                item => Party(item, "name").Contains(name[^1..], StringComparison.Ordinal));
            And(random.Next(5) == 0, $"minAmount={amount}", item => item.GetProperty("amount").GetProperty("amount").GetInt64() >= amount);
            And(random.Next(5) == 0, $"maxAmount={amount + 300}", item => item.GetProperty("amount").GetProperty("amount").GetInt64() <= amount + 300);

            var expected = whole.Where(shows).Select(item => item.GetRawText()).ToList();
            (await book.ListAsync(query, random.Next(1, 30))).ConvertAll(item => item.GetRawText()).ShouldBe(expected, query);
            matched += expected.Count is > 0 and < 40 ? 1 : 0;
        }

        matched.ShouldBeGreaterThan(20, "filters that let everything or nothing through prove little");
    }

    [Fact]
    public async Task Times_may_be_written_with_any_offset_and_any_precision()
    {
        var middle = book.Transactions[book.Transactions.Count / 2];
        var shanghai = Time(middle).ToOffset(Shanghai.Offset).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz");
        var plain = await book.ListAsync("&from=" + Exact(Time(middle)));
        plain.ShouldNotBeEmpty();
        Ids(await book.ListAsync("&from=" + Uri.EscapeDataString(shanghai))).ShouldBe(Ids(plain));
        Ids(await book.ListAsync("&from=" + shanghai)).ShouldBe(Ids(plain), "a plus that nobody escaped");
        Ids(await book.ListAsync("&from=1999-01-01T00:00:00Z&to=2999-01-01")).ShouldBe(Ids(book.Transactions));
        (await book.ListAsync("&to=1999-01-01T00:00:00.5z")).ShouldBeEmpty();
        (await book.ListAsync("&from=2999-01-01")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("kind=x", "kind", "invalid_field")]
    [InlineData("kind=transfer,x", "kind", "invalid_field")]
    [InlineData("direction=sideways", "direction", "invalid_field")]
    [InlineData("from=yesterday", "from", "invalid_field")]
    [InlineData("from=2026-02-30", "from", "invalid_field")]
    [InlineData("to=2026-11-22T00:00:00", "to", "invalid_field")]
    [InlineData("to=0001-01-01", "to", "invalid_field")]
    [InlineData("from=2026-11-22&from=2026-11-23", "from", "invalid_field")]
    [InlineData("from=2026-11-22&to=2026-11-21", "to", "invalid_field")]
    [InlineData("counterparty=wal_x", "counterparty", "invalid_field")]
    [InlineData("status=lost", "status", "invalid_field")]
    [InlineData("minAmount=1.5", "minAmount", "invalid_field")]
    [InlineData("maxAmount=-1", "maxAmount", "invalid_field")]
    [InlineData("minAmount=2&maxAmount=1", "maxAmount", "invalid_field")]
    public async Task A_filter_that_makes_no_sense_is_refused_in_both_languages(string query, string field, string code)
    {
        foreach (var language in new[] { "zh-CN", "en" })
        {
            var answer = (await book.Owner.SendAsync(HttpMethod.Get, "v1/transactions?" + query, headers: ("Accept-Language", language))).MustRefuse(HttpStatusCode.BadRequest, code);
            var mistake = answer.Json.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
            mistake.GetProperty("field").GetString().ShouldBe(field);
            mistake.GetProperty("detail").GetString()!.Any(c => c > 0x3000).ShouldBe(language == "zh-CN");
        }
    }

    [Fact]
    public async Task Several_mistakes_are_told_at_once()
    {
        var answer = (await book.Owner.GetAsync($"v1/transactions?kind=x&counterparty={new string('x', 65)}")).MustRefuse(HttpStatusCode.BadRequest, "validation_failed");
        answer.Json.GetProperty("errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Writes_during_the_paging_neither_repeat_nor_hide_what_was_there()
    {
        await using var app = await TestApp.StartAsync();
        using var customer = await app.CustomerAsync(1);
        async Task<(List<string> Ids, string? Cursor)> PageAsync(string query)
        {
            var page = (await customer.GetAsync("v1/transactions" + query)).Must(HttpStatusCode.OK).Json;
            return (Ids(page.GetProperty("items").EnumerateArray()), page.GetProperty("nextCursor").GetString());
        }

        for (var i = 0; i < 12; i++)
        {
            (await customer.PostAsync("v1/topups", LivedBook.TopUp(1 + i))).Must(HttpStatusCode.Created);
        }

        var before = (await PageAsync("?limit=200&kind=topup")).Ids;
        var (seen, cursor) = await PageAsync("?limit=3&kind=topup");
        while (cursor is not null)
        {
            (await customer.PostAsync("v1/topups", LivedBook.TopUp(7))).Must(HttpStatusCode.Created);
            (var ids, cursor) = await PageAsync("?limit=3&kind=topup&cursor=" + cursor);
            ids.ShouldNotBeEmpty();
            seen.AddRange(ids);
        }

        seen.Intersect(before).ShouldBe(before);
        seen.ShouldBeUnique();
        seen.Count.ShouldBe(before.Count);
    }

    private static List<string> Ids(IEnumerable<JsonElement> items) => items.Select(item => item.GetProperty("transactionId").GetString()!).ToList();

    private static string Kind(JsonElement item) => item.GetProperty("kind").GetString()!;

    private static DateTimeOffset Time(JsonElement item) => item.GetProperty("createdAt").GetDateTimeOffset();

    private static string Exact(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'");

    private static string Party(JsonElement item, string member) =>
        item.GetProperty("counterparty") is { ValueKind: JsonValueKind.Object } party && party.TryGetProperty(member, out var value) ? value.GetString()! : "";
}
