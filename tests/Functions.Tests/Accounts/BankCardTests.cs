using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using Shouldly;
using Xunit;

namespace Functions.Tests.Accounts;

public sealed class BankCardTests
{
    private static readonly string Number = WithCheckDigit("6222020200112230");

    [Fact]
    public async Task A_card_is_bound_once_and_its_number_never_comes_back()
    {
        await using var app = await TestApp.StartAsync();
        using var customer = await app.CustomerAsync();
        var body = Card(await NameAsync(customer), Number);
        var bound = (await customer.PostAsync("v1/me/bank-cards", body, "card-1")).Must(HttpStatusCode.Created);
        bound.Text("last4").ShouldBe(Number[^4..]);
        bound.Body.ShouldNotContain(Number);

        var repeated = await customer.PostAsync("v1/me/bank-cards", body, "card-1");
        repeated.Body.ShouldBe(bound.Body);
        repeated.Status.ShouldBe(HttpStatusCode.Created);
        repeated.Header("Idempotent-Replayed").ShouldBe("true");

        // Typed otherwise, under another key: the same card.
        var again = await customer.PostAsync("v1/me/bank-cards", Card(await NameAsync(customer), string.Join(' ', Number.Chunk(4).Select(chunk => new string(chunk)))));
        again.Must(HttpStatusCode.Created).Text("bankCardId").ShouldBe(bound.Text("bankCardId"));

        var listed = (await customer.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK);
        listed.Json.GetProperty("items").GetArrayLength().ShouldBe(2);
        listed.Body.ShouldNotContain(Number);
        await foreach (var row in new TableClient(app.ConnectionString, "accounts").QueryAsync<TableEntity>())
        {
            ((IDictionary<string, object>)row).Values.OfType<string>().ShouldAllBe(value => !value.Contains(Number, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_card_is_bound_only_in_the_verified_name()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync(2);
        (await customer.PostAsync("v1/me/bank-cards", Card("张三丰", Number))).MustRefuse(HttpStatusCode.UnprocessableEntity, "card_holder_mismatch");
    }

    [Theory]
    [InlineData("4111111111111112")]
    [InlineData("622202020011223")]
    [InlineData("62220202001122301234")]
    [InlineData("6222O20200112230")]
    public async Task A_number_that_is_none_is_refused(string number)
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync(2);
        (await customer.PostAsync("v1/me/bank-cards", Card(await NameAsync(customer), number))).MustRefuse(HttpStatusCode.BadRequest, "invalid_card_number");
    }

    [Fact]
    public async Task Somebody_elses_card_is_not_there()
    {
        await using var app = await TestApp.StartAsync();
        using var owner = await app.CustomerAsync();
        using var stranger = await app.CustomerAsync(1);
        var card = (await owner.GetAsync("v1/me/bank-cards")).Json.GetProperty("items")[0].GetProperty("bankCardId").GetString();
        (await stranger.DeleteAsync($"v1/me/bank-cards/{card}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await owner.DeleteAsync($"v1/me/bank-cards/{card}")).Must(HttpStatusCode.NoContent);
        (await owner.DeleteAsync($"v1/me/bank-cards/{card}")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await owner.GetAsync("v1/me/bank-cards")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Lists_are_cut_into_pages_whose_cursors_belong_to_caller_and_list()
    {
        await using var app = await TestApp.StartAsync();
        using var customer = await app.CustomerAsync();
        using var stranger = await app.CustomerAsync(1);
        var name = await NameAsync(customer);
        for (var i = 0; i < 4; i++)
        {
            (await customer.PostAsync("v1/me/bank-cards", Card(name, WithCheckDigit($"62220202001122{i}0")))).Must(HttpStatusCode.Created);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await customer.GetAsync("v1/me/bank-cards?limit=2" + (cursor is null ? "" : $"&cursor={cursor}"))).Must(HttpStatusCode.OK).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("bankCardId").GetString()!));
            var next = page.GetProperty("nextCursor");
            if (next.ValueKind == JsonValueKind.String)
            {
                (await stranger.GetAsync($"v1/me/bank-cards?cursor={next.GetString()}")).MustRefuse(HttpStatusCode.BadRequest, "invalid_cursor");
                (await customer.GetAsync($"v1/me/sessions?cursor={next.GetString()}")).MustRefuse(HttpStatusCode.BadRequest, "invalid_cursor");
            }

            cursor = next.GetString();
        }
        while (cursor is not null);

        seen.Count.ShouldBe(5);
        seen.ShouldBe(seen.Distinct(StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal));
    }

    private static object Card(string holderName, string cardNumber) => new { holderName, cardNumber, bankCode = "ICBC", phone = "13800000001" };

    private static async Task<string> NameAsync(TestClient customer) => (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("displayName");

    private static string WithCheckDigit(string number) => number[..^1] + WalletFunctions.Domain.Identity.CardNumber.CheckDigit(number.AsSpan(0, number.Length - 1));
}
