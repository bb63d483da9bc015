using System.Net;
using System.Text.Json;
using Functions.Tests;
using Shouldly;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Tests.Settings;
using WalletFunctions.TestSupport;
using Xunit;

namespace WalletFunctions.Tests.Tariff;

/// <summary>What customers read of fees and limits, before, at and after the moment of a change, on two hosts.</summary>
public sealed class TariffTests(RuleStage stage) : IClassFixture<RuleStage>
{
    [Fact]
    public async Task A_fee_rise_is_announced_a_month_ahead_and_counts_from_its_very_moment_on_every_host()
    {
        using var onOther = new TestClient(stage.Other.Address, stage.Customer.Token);
        var now = await stage.NowAsync();
        var content = await stage.ContentAsync("fees");
        foreach (var rule in content["rules"]!.AsArray())
        {
            rule!["ratePerMillion"] = 2_000;
        }

        var early = (await stage.ProposeAsync("fees", content, now.AddDays(29))).MustRefuse(HttpStatusCode.UnprocessableEntity, "notice_too_short");
        early.Text("detail").ShouldContain("生效时间过早");
        (await stage.ProposeAsync("fees", content, now.AddDays(29), ("Accept-Language", "en"))).MustRefuse(HttpStatusCode.UnprocessableEntity, "notice_too_short").Text("detail").ShouldContain("too soon");

        // Midnight in Shanghai, 40 days from now.
        var moment = Shanghai.At(Shanghai.DayOf(now).AddDays(40), default);
        var pending = (await stage.ProposeAsync("fees", content, moment)).Must(HttpStatusCode.Accepted).Json.GetProperty("version").GetInt32();
        (await TariffAsync("zh-CN")).GetProperty("upcoming").GetArrayLength().ShouldBe(0, "what nobody approved is not announced");
        (await RuleStage.DecideAsync(stage.Supervisor, "fees", pending)).Must(HttpStatusCode.OK).Text("state").ShouldBe("upcoming");

        await Eventually.True("the change was announced", async () => (await TariffAsync("zh-CN")).GetProperty("upcoming").GetArrayLength() == 1);
        var (zh, en) = ((await TariffAsync("zh-CN")).GetProperty("upcoming")[0], (await TariffAsync("en")).GetProperty("upcoming")[0]);
        zh.GetProperty("effectiveFrom").GetDateTimeOffset().ShouldBe(moment);
        Fee(zh, "withdrawal", "III").GetProperty("text").GetString().ShouldBe("按应收费金额的 0.2% 收取，四舍五入到分；最低 0.10 元；每自然月 5,000.00 元以内免费；累计 1,000.00 元以内免费。");
        Fee(en, "withdrawal", "I").GetProperty("text").GetString().ShouldBe("0.2 % of the chargeable amount, rounded half up to a fen; at least 0.10 yuan; the first 1,000.00 yuan ever are free.");
        zh.TryGetProperty("limits", out _).ShouldBeFalse("they do not change");

        // 20,000 yuan, of which 6,000 are free.
        await stage.MoveToAsync(moment.AddSeconds(-20));
        await UntilAsync(stage.Other, moment.AddSeconds(-20));
        (await QuoteAsync(stage.Customer)).Text("fee.amount").ShouldBe("1400", "its moment has not come");
        (await QuoteAsync(onOther)).Text("fee.amount").ShouldBe("1400", "nor there");

        await stage.MoveToAsync(moment);
        (await QuoteAsync(stage.Customer)).Text("fee.amount").ShouldBe("2800", "its moment counts");
        await UntilAsync(stage.Other, moment);
        (await QuoteAsync(onOther)).Text("fee.amount").ShouldBe("2800");
        Fee(await TariffAsync("en"), "withdrawal", "III").GetProperty("effectiveFrom").GetDateTimeOffset().ShouldBe(moment);

        // Cheaper may come at once.
        content["rules"]!.AsArray().Clear();
        (await stage.ChangeAsync("fees", content)).Text("state").ShouldBe("upcoming");
        await stage.App.AdvanceAsync(TimeSpan.FromSeconds(11));
        (await QuoteAsync(stage.Customer)).Text("fee.amount").ShouldBe("0");
        Fee(await TariffAsync("en"), "withdrawal", null).GetProperty("text").GetString().ShouldBe("Free.");
    }

    [Fact]
    public async Task Limits_approved_at_one_host_are_in_force_at_the_other_at_the_same_moment()
    {
        var content = await stage.ContentAsync("limits");
        content["topup"]!["III"]!["daily"] = 7_654_300;
        var approved = await stage.ChangeAsync("limits", content);
        var moment = RuleStage.Time(approved, "effectiveFrom");
        await stage.App.AdvanceAsync(TimeSpan.FromSeconds(7));

        // Every answer, of either host, is by the rules of its own moment.
        var seenAfter = new HashSet<TestApp>();
        await Eventually.True("both hosts passed the moment", async () =>
        {
            foreach (var host in new[] { stage.App, stage.Other })
            {
                var tariff = await TariffAsync("en", host);
                var isAfter = tariff.GetProperty("asOf").GetDateTimeOffset() >= moment;
                var daily = tariff.GetProperty("limits").EnumerateArray()
                    .Single(line => line.GetProperty("kind").GetString() == "topup" && (!line.TryGetProperty("class", out var @class) || @class.GetString() == "III"))
                    .GetProperty("daily").GetProperty("amount").GetInt64();
                (daily == 7_654_300).ShouldBe(isAfter, $"asOf {tariff.GetProperty("asOf")}, moment {moment:O}");
                if (isAfter)
                {
                    seenAfter.Add(host);
                }
            }

            return seenAfter.Count == 2;
        });
    }

    [Fact]
    public async Task Anyone_reads_fees_and_limits_in_both_languages_and_no_risk_rule()
    {
        var tariff = (await stage.App.Anonymous.SendAsync(HttpMethod.Get, "v1/tariff", headers: ("Accept-Language", "en"))).Must(HttpStatusCode.OK);
        tariff.Body.ShouldNotContain("risk", Case.Insensitive);
        Fee(tariff.Json, "transfer", null).GetProperty("text").GetString().ShouldBe("Free.");
        Limit(tariff.Json, "spending", "I").ShouldBe("At most 1,000.00 yuan in one operation, 1,000.00 yuan ever.");
        Limit(await TariffAsync("zh-CN"), "spending", "II").ShouldBe("单笔不超过 50,000.00 元，每日不超过 50,000.00 元，每年不超过 100,000.00 元。");
    }

    private static JsonElement Fee(JsonElement tariff, string operation, string? @class) => tariff.GetProperty("fees").EnumerateArray().Single(line =>
        line.GetProperty("operation").GetString() == operation && (line.TryGetProperty("class", out var of) ? of.GetString() : null) == @class);

    private static string? Limit(JsonElement tariff, string kind, string @class) => tariff.GetProperty("limits").EnumerateArray().Single(line =>
        line.GetProperty("kind").GetString() == kind && line.GetProperty("class").GetString() == @class).GetProperty("text").GetString();

    private Task UntilAsync(TestApp host, DateTimeOffset moment) =>
        Eventually.True("the host's clock followed", async () => (await TariffAsync("en", host)).GetProperty("asOf").GetDateTimeOffset() >= moment);

    private async Task<JsonElement> TariffAsync(string language, TestApp? host = null) =>
        (await (host ?? stage.App).Anonymous.SendAsync(HttpMethod.Get, "v1/tariff", headers: ("Accept-Language", language))).Must(HttpStatusCode.OK).Json;

    private static async Task<TestAnswer> QuoteAsync(TestClient customer) =>
        (await customer.PostAsync("v1/quotes", new { kind = "withdrawal", amount = new { amount = 2_000_000, currency = "CNY" } }, key: null)).Must(HttpStatusCode.OK);
}
