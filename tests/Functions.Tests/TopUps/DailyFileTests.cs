using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TestSupport;
using WalletFunctions.TopUps.Acquirer;
using WalletFunctions.Withdrawals.Bank;
using Xunit;

namespace Functions.Tests.TopUps;

/// <summary>The daily files of bank and acquirer, through the ports that reconciliation uses.</summary>
public sealed class DailyFileTests(TopUpStage stage) : IClassFixture<TopUpStage>
{
    private static readonly byte[] Key = new byte[32];
    private static readonly DateOnly Day = new(2026, 3, 1);
    private static readonly DailyFileRow Row = new("top_1", Money.Fen(100), DailyFileState.Settled, new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero));

    private DateOnly Today => Shanghai.DayOf(stage.Services.GetRequiredService<TimeProvider>().GetUtcNow());

    [Fact]
    public async Task The_acquirers_file_has_what_cards_paid_that_day_and_mistakes_on_demand()
    {
        await stage.Acquirer.BehaveAsync("settle");
        var customer = await stage.NextCustomerAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await customer.TopUpAsync(10_00 + i, $"k{i}")).Must(HttpStatusCode.Created).Text("topupId"));
        }

        await stage.Acquirer.BehaveAsync("reject");
        var failed = (await customer.TopUpAsync(10_00, "failed")).Must(HttpStatusCode.Created).Text("topupId");
        var today = Today;
        var right = await ReadAsync(today);
        right.Select(row => row.Id).ShouldBe(ids, ignoreOrder: true);
        right.ShouldAllBe(row => row.State == DailyFileState.Settled && Shanghai.DayOf(row.SettledAt) == today);
        right.Single(row => row.Id == ids[3]).Amount.ShouldBe(Money.Fen(10_03));
        right.ShouldNotContain(row => row.Id == failed);

        (await stage.App.Anonymous.PutAsync($"sandbox/acquirer/files/{today:yyyy-MM-dd}/mistakes", new
        {
            missing = new[] { ids[0] },
            doubled = new[] { ids[1] },
            wrongByAFen = new[] { ids[2] },
            wrongDay = new[] { ids[3] },
        })).Must(HttpStatusCode.OK);
        var spoilt = await ReadAsync(today);
        spoilt.Select(row => row.Id).ShouldBe([ids[1], ids[1], ids[2], ids[4]], ignoreOrder: true);
        spoilt.Single(row => row.Id == ids[2]).Amount.ShouldBe(Money.Fen(10_03));
        (await ReadAsync(today.AddDays(1))).ShouldHaveSingleItem().Id.ShouldBe(ids[3]);
    }

    [Fact]
    public async Task The_banks_file_has_a_payout_on_the_day_it_settled_and_on_the_day_it_came_back()
    {
        var customer = await stage.NextCustomerAsync();
        (await stage.App.Anonymous.PutAsync("sandbox/bank/behaviour", new { mode = "settle", afterSeconds = 0 })).Must(HttpStatusCode.OK);
        var id = (await customer.Client.PostAsync("v1/withdrawals", new { bankCardId = customer.CardId, amount = new { amount = 7_00, currency = "CNY" } })).Must(HttpStatusCode.Accepted).Text("withdrawalId");
        await Eventually.True("it is settled", async () => (await customer.Client.GetAsync($"v1/withdrawals/{id}")).Text("status") == "settled");
        var bank = stage.Services.GetRequiredService<IBank>();
        var payout = (await stage.App.Anonymous.GetAsync("sandbox/bank/payouts")).Must(HttpStatusCode.OK).Items().Single(item => item.GetProperty("withdrawalId").GetString() == id).GetProperty("payoutId").GetString();
        var settled = (await ListAsync(bank.DailyFileAsync(Today, CancellationToken.None))).Single(row => row.Id == payout);
        (settled.State, settled.Amount).ShouldBe((DailyFileState.Settled, Money.Fen(7_00)));
        await stage.App.AdvanceAsync(TimeSpan.FromDays(1));
        (await stage.App.Anonymous.PostAsync($"sandbox/bank/payouts/{payout}/return", null, key: null)).Must(HttpStatusCode.OK);
        (await ListAsync(bank.DailyFileAsync(Today, CancellationToken.None))).ShouldHaveSingleItem().State.ShouldBe(DailyFileState.Returned);
        (await ListAsync(bank.DailyFileAsync(Today.AddDays(-1), CancellationToken.None))).ShouldContain(settled);
    }

    [Fact]
    public async Task A_file_is_given_only_to_whoever_signs_and_not_while_its_owner_is_down()
    {
        (await stage.App.Anonymous.GetAsync($"sandbox/acquirer/files/{Today:yyyy-MM-dd}")).MustRefuse(HttpStatusCode.Unauthorized, "bad_signature");
        await stage.Acquirer.BehaveAsync("down");
        await Should.ThrowAsync<PartnerOutOfReachException>(() => ReadAsync(Today));
        await stage.Acquirer.BehaveAsync("settle");
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("a line taken out")]
    [InlineData("an amount changed")]
    [InlineData("another day")]
    [InlineData("another key")]
    [InlineData("a line added")]
    public async Task A_file_that_is_not_whole_or_not_the_partners_does_not_count(string damage)
    {
        var rows = new[] { Row, Row with { Id = "top_2" } };
        (await ReadTextAsync(DailyFile.Write(Day, rows, Key), Day, Key)).ShouldBe(rows);
        var text = DailyFile.Write(Day, rows, Key);
        var lines = text.Split('\n');
        var (spoilt, day, key) = damage switch
        {
            "cut off" => (string.Join('\n', lines[..2]) + "\n", Day, Key),
            "a line taken out" => (string.Join('\n', lines[1..]), Day, Key),
            "an amount changed" => (text.Replace("\"amount\":100", "\"amount\":101", StringComparison.Ordinal), Day, Key),
            "another day" => (text, Day.AddDays(1), Key),
            "another key" => (text, Day, [.. Key.Select(_ => (byte)1)]),
            _ => (text + lines[0] + "\n", Day, Key),
        };
        await Should.ThrowAsync<InvalidDataException>(() => ReadTextAsync(spoilt, day, key));
    }

    private Task<IReadOnlyList<DailyFileRow>> ReadAsync(DateOnly day) =>
        ListAsync(stage.Services.GetRequiredService<IAcquirer>().DailyFileAsync(day, CancellationToken.None));

    private static async Task<IReadOnlyList<DailyFileRow>> ReadTextAsync(string text, DateOnly day, byte[] key)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await ListAsync(DailyFile.ReadAsync(content, day, key, CancellationToken.None));
    }

    private static async Task<IReadOnlyList<DailyFileRow>> ListAsync(IAsyncEnumerable<DailyFileRow> rows)
    {
        var read = new List<DailyFileRow>();
        await foreach (var row in rows)
        {
            read.Add(row);
        }

        return read;
    }
}
