using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Audit;

public sealed class AuditTests
{
    [Fact]
    public async Task Acts_are_listed_newest_first_by_page_and_by_filter_over_the_months()
    {
        await using var app = await TestApp.StartAsync();
        using var admin = await app.AdminAsync();
        var log = app.Services.GetRequiredService<AuditLog>();
        var (ann, bob) = (Person("a"), Person("b"));
        await log.AddAsync(ann, "account.freeze", "thing/1", new { amount = Money.Fen(5), reason = "fraud" }, CancellationToken.None);
        await log.AddAsync(bob, "account.unfreeze", "thing/o'2", null, CancellationToken.None);
        await app.AdvanceAsync(TimeSpan.FromDays(40));
        await log.AddAsync(ann, "account.unfreeze", "thing/1", null, CancellationToken.None);
        await log.AddAsync(ann with { AccountId = null }, "account.unlock", "thing/1", null, CancellationToken.None);

        var all = await PagesAsync(admin, "v1/admin/audit?limit=1&subject=thing%2F1");
        all.Select(item => item.GetProperty("action").GetString()).ShouldBe(["account.unlock", "account.unfreeze", "account.freeze"]);
        all[0].GetProperty("actor").GetString().ShouldBe("system");
        var first = all[^1];
        first.GetProperty("actor").GetString().ShouldBe(ann.Account.Value);
        first.GetProperty("role").GetString().ShouldBe("supervisor");
        first.GetProperty("requestId").GetString().ShouldBe(ann.RequestId);
        first.GetProperty("details").GetRawText().ShouldBe("""{"amount":{"amount":5,"currency":"CNY"},"reason":"fraud"}""");
        (await PagesAsync(admin, $"v1/admin/audit?actor={bob.Account}")).Select(Subject).ShouldBe(["thing/o'2"]);
        (await PagesAsync(admin, "v1/admin/audit?subject=thing%2Fo%272")).Select(Subject).ShouldBe(["thing/o'2"]);
        (await PagesAsync(admin, $"v1/admin/audit?action=account.unfreeze&actor={ann.Account}")).Select(Subject).ShouldBe(["thing/1"]);
        (await PagesAsync(admin, "v1/admin/audit?action=account.nothing")).ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentException>(() => log.AddAsync(ann, "account.nothing", "thing/1", null, CancellationToken.None));
    }

    [Fact]
    public async Task Only_the_admin_reads_it_and_odd_filters_are_refused()
    {
        var app = await TestApp.Shared;
        using var admin = await app.AdminAsync();
        using var supervisor = await app.SupervisorAsync();
        (await supervisor.GetAsync("v1/admin/audit")).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        (await admin.GetAsync($"v1/admin/audit?actor={new string('x', 201)}")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await admin.GetAsync("v1/admin/audit?subject=%E4%B8%AD")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await admin.GetAsync("v1/admin/audit?cursor=x")).MustRefuse(HttpStatusCode.BadRequest, "invalid_cursor");
    }

    private static Caller Person(string end) =>
        new(AccountId.Of("acc_" + new string('0', 25) + end), Role.Supervisor, Language.En, "req-" + end, DeviceId: null, Address: null);

    private static string? Subject(System.Text.Json.JsonElement item) => item.GetProperty("subject").GetString();

    private static async Task<List<System.Text.Json.JsonElement>> PagesAsync(TestClient client, string path)
    {
        var items = new List<System.Text.Json.JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}")).Must(HttpStatusCode.OK).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return items;
    }
}
