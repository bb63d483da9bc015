using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Functions.Tests.Collections;

/// <summary>Asking for money by a code, and paying it.</summary>
[Collection(TestApp.SharedMoney)]
public sealed class CollectionTests
{
    [Fact]
    public async Task A_single_payers_collection_is_found_by_code_paid_once_and_then_paid()
    {
        var app = await TestApp.Shared;
        using var payee = await app.CustomerAsync(0);
        using var payer = await app.CustomerAsync(1);
        using var late = await app.CustomerAsync(2);
        var made = (await payee.PostAsync("v1/collections", new { amount = Yuan(250), note = "晚饭" }, "make-1")).Must(HttpStatusCode.Created);
        (await payee.PostAsync("v1/collections", new { amount = Yuan(250), note = "晚饭" }, "make-1")).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
        (made.Text("status"), made.Text("payers"), made.Text("paid.count")).ShouldBe(("open", "single", "0"));
        var code = made.Text("code");
        made.Text("link").ShouldEndWith("/api/v1/collections/" + code);

        var seen = (await payer.GetAsync("v1/collections/" + code.ToLowerInvariant())).Must(HttpStatusCode.OK);
        (seen.Text("collectionId"), seen.Text("amount.amount"), seen.Text("note")).ShouldBe((made.Text("collectionId"), "250", "晚饭"));
        seen.Text("payee.name").ShouldStartWith("*");
        seen.Json.TryGetProperty("paid", out _).ShouldBeFalse();

        var before = Available(await payer.GetAsync("v1/wallet"));
        var key = Guid.NewGuid().ToString();
        var paid = (await payer.PostAsync($"v1/collections/{code}/pay", new { }, key)).Must(HttpStatusCode.Created);
        (paid.Text("status"), paid.Text("amount.amount"), paid.Text("note")).ShouldBe(("completed", "250", "晚饭"));
        (await payer.PostAsync($"v1/collections/{code}/pay", new { }, key)).Must(HttpStatusCode.Created).Body.ShouldBe(paid.Body);
        Available(await payer.GetAsync("v1/wallet")).ShouldBe(before - 250);

        await RefusedAsync(late, $"v1/collections/{code}/pay", new { }, HttpStatusCode.Conflict, "collection_paid");
        await RefusedAsync(payer, $"v1/collections/{code}/pay", new { }, HttpStatusCode.Conflict, "collection_paid");
        await RefusedAsync(payee, $"v1/collections/{code}/cancel", new { }, HttpStatusCode.Conflict, "collection_paid");
        var own = (await payee.GetAsync("v1/collections/" + made.Text("collectionId"))).Must(HttpStatusCode.OK);
        (own.Text("status"), own.Text("paid.count"), own.Text("paid.amount.amount")).ShouldBe(("paid", "1", "250"));
        var part = own.Json.GetProperty("paidBy")[0];
        part.GetProperty("name").GetString()!.ShouldStartWith("*");
        part.GetProperty("transactionId").GetString().ShouldBe(paid.Text("transactionId"));

        var (sent, received) = (await payer.GetAsync("v1/transactions/" + paid.Text("transactionId")), await payee.GetAsync("v1/transactions/" + paid.Text("transactionId")));
        (sent.Text("kind"), sent.Text("direction"), received.Text("kind"), received.Text("direction")).ShouldBe(("collection", "out", "collection", "in"));
        (await payee.GetAsync("v1/collections?limit=1")).Items()[0].GetProperty("paid").GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task What_needs_no_body_is_taken_without_one()
    {
        var app = await TestApp.Shared;
        using var payee = await app.CustomerAsync(0);
        using var payer = await app.CustomerAsync(1);
        var paid = (await payee.PostAsync("v1/collections", new { amount = Yuan(3) })).Must(HttpStatusCode.Created).Text("code");
        (await payer.PostAsync($"v1/collections/{paid}/pay", null, key: null)).MustRefuse(HttpStatusCode.BadRequest, "idempotency_key_required");
        var made = (await payer.PostAsync($"v1/collections/{paid}/pay", null, "bare")).Must(HttpStatusCode.Created);
        (await payer.PostAsync($"v1/collections/{paid}/pay", new { }, "bare")).Must(HttpStatusCode.Created).Body.ShouldBe(made.Body);
        foreach (var body in new[] { null, new { } })
        {
            var asked = (await payee.PostAsync("v1/collections", new { amount = Yuan(3) })).Must(HttpStatusCode.Created).Text("code");
            (await payee.PostAsync($"v1/collections/{asked}/cancel", body)).Must(HttpStatusCode.OK).Text("status").ShouldBe("cancelled");
        }
    }

    [Fact]
    public async Task What_cannot_be_paid_is_refused_with_its_reason_in_both_languages()
    {
        var app = await TestApp.Shared;
        using var payee = await app.CustomerAsync(0);
        using var payer = await app.CustomerAsync(1);
        var asked = (await payee.PostAsync("v1/collections", new { amount = Yuan(100) })).Must(HttpStatusCode.Created).Text("code");
        var open = (await payee.PostAsync("v1/collections", new { payers = "many" })).Must(HttpStatusCode.Created).Text("code");
        await RefusedAsync(payee, $"v1/collections/{asked}/pay", new { }, HttpStatusCode.UnprocessableEntity, "payee_is_self");
        await RefusedAsync(payer, $"v1/collections/{asked}/pay", new { amount = Yuan(99) }, HttpStatusCode.UnprocessableEntity, "collection_amount_differs");
        await RefusedAsync(payer, $"v1/collections/{open}/pay", new { }, HttpStatusCode.UnprocessableEntity, "collection_amount_required");
        await RefusedAsync(payer, $"v1/collections/{open}/pay", new { amount = Yuan(900_000_000_000) }, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        await RefusedAsync(payee, "v1/collections", new { amount = new { amount = 1, currency = "USD" } }, HttpStatusCode.UnprocessableEntity, "currency_mismatch");
        (await payer.PostAsync("v1/collections/0000000000/pay", new { })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await payer.PostAsync($"v1/collections/{asked}/cancel", new { })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await payee.PostAsync("v1/collections", new { maxPayers = 2 })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await payee.PostAsync("v1/collections", new { expiresInSeconds = (30 * 86_400) + 1 })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");

        // What was refused took nothing: it can still be paid, until it is taken back.
        (await payer.PostAsync($"v1/collections/{open}/pay", new { amount = Yuan(3) })).Must(HttpStatusCode.Created);
        (await payee.PostAsync($"v1/collections/{asked}/cancel", new { }, "cancel-1")).Must(HttpStatusCode.OK).Text("status").ShouldBe("cancelled");
        (await payee.PostAsync($"v1/collections/{asked}/cancel", new { }, "cancel-2")).Must(HttpStatusCode.OK).Text("status").ShouldBe("cancelled");
        await RefusedAsync(payer, $"v1/collections/{asked}/pay", new { }, HttpStatusCode.Conflict, "collection_cancelled");
    }

    [Fact]
    public async Task However_many_race_a_single_collection_is_paid_once_and_one_of_three_thrice()
    {
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        var people = (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 9 }, key: null)).Must(HttpStatusCode.OK).Json.GetProperty("customers");
        var clients = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => (i % 2 == 0 ? app : other).SignInAsync(Text(people[i], "phone"), Text(people[i], "password"))));
        var (payee, payers) = (clients[0], clients[1..]);
        var single = (await payee.PostAsync("v1/collections", new { amount = Yuan(100) })).Must(HttpStatusCode.Created).Text("code");
        var three = (await payee.PostAsync("v1/collections", new { amount = Yuan(10), payers = "many", maxPayers = 3 })).Must(HttpStatusCode.Created).Text("code");
        var before = Available(await payee.GetAsync("v1/wallet"));

        foreach (var (code, most) in new[] { (single, 1), (three, 3) })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => payers[i % 8].PostAsync($"v1/collections/{code}/pay", new { })));
            answers.Where(answer => answer.Status != HttpStatusCode.Created).ShouldAllBe(answer => answer.Code == "collection_paid" || answer.Code == "already_in_progress");
            answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBeInRange(1, most);
            foreach (var payer in payers)
            {
                await payer.PostAsync($"v1/collections/{code}/pay", new { });
            }

            var seen = (await payee.GetAsync("v1/collections/" + code)).Must(HttpStatusCode.OK);
            (seen.Text("status"), seen.Text("paid.count")).ShouldBe(("paid", $"{most}"));
            foreach (var payer in payers)
            {
                (await payer.PostAsync($"v1/collections/{code}/pay", new { })).MustRefuse(HttpStatusCode.Conflict, "collection_paid");
            }
        }

        Available(await payee.GetAsync("v1/wallet")).ShouldBe(before + 100 + 30);
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    [Fact]
    public async Task Its_time_is_over_when_the_business_clock_says_so()
    {
        await using var app = await TestApp.StartAsync();
        using var payee = await app.CustomerAsync(0);
        using var payer = await app.CustomerAsync(1);
        var made = (await payee.PostAsync("v1/collections", new { amount = Yuan(5), expiresInSeconds = 3600, payers = "many" })).Must(HttpStatusCode.Created);
        (await payer.PostAsync($"v1/collections/{made.Text("code")}/pay", new { })).Must(HttpStatusCode.Created);
        await app.AdvanceAsync(TimeSpan.FromHours(1));
        using var late = await app.CustomerAsync(2);
        await RefusedAsync(late, $"v1/collections/{made.Text("code")}/pay", new { }, HttpStatusCode.UnprocessableEntity, "collection_expired");
        await RefusedAsync(payee, $"v1/collections/{made.Text("code")}/cancel", new { }, HttpStatusCode.UnprocessableEntity, "collection_expired");
        (await payee.GetAsync("v1/collections/" + made.Text("code"))).Must(HttpStatusCode.OK).Text("status").ShouldBe("expired");
        (await payee.GetAsync("v1/collections")).Items().Single().GetProperty("status").GetString().ShouldBe("expired");
    }

    private static Task RefusedAsync(TestClient client, string path, object body, HttpStatusCode status, string code) => Refusals.InBothLanguagesAsync(client, path, body, status, code);

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    private static string Text(JsonElement person, string member) => person.GetProperty(member).GetString()!;

    private static long Available(TestAnswer wallet) => long.Parse(wallet.Must(HttpStatusCode.OK).Text("available.amount"));
}
