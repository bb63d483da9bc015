using System.Net;
using System.Text.Json;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.History;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

/// <summary>A customer's book in which much has happened over some months: random moves, made through HTTP, on a host of its own.</summary>
public sealed class LivedBook : IAsyncLifetime
{
    private const int Moves = 70;

    private readonly Random random = new(20261122);

    internal TestApp App { get; private set; } = null!;

    internal TestClient Owner { get; private set; } = null!;

    internal TestClient Other { get; private set; } = null!;

    internal WalletId Wallet { get; private set; }

    /// <summary>Everything, newest first, as the owner sees it without a filter.</summary>
    internal IReadOnlyList<JsonElement> Transactions { get; private set; } = [];

    /// <summary>Every entry, the first first.</summary>
    internal IReadOnlyList<Entry> Entries { get; private set; } = [];

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        Owner = await App.CustomerAsync(0);
        Other = await App.CustomerAsync(1);
        Wallet = WalletId.Of((await Owner.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("walletId"));
        // First, because the calendar of working days is not published as far as the clock will go.
        await WithdrawAsync("settle", "settled");
        await WithdrawAsync("reject", "rejected");
        for (var i = 0; i < Moves; i++)
        {
            await MoveAsync(i);
        }

        Transactions = await ListAsync("");
        Entries = await EntriesAsync();
    }

    public async Task DisposeAsync()
    {
        Owner.Dispose();
        Other.Dispose();
        await App.DisposeAsync();
    }

    /// <summary>All pages of a query.</summary>
    internal async Task<List<JsonElement>> ListAsync(string query, int limit = 200)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await Owner.GetAsync($"v1/transactions?limit={limit}{query}" + (cursor is null ? "" : "&cursor=" + cursor))).Must(HttpStatusCode.OK).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    internal async Task<List<Entry>> EntriesAsync()
    {
        var entries = new List<Entry>();
        await foreach (var row in App.Services.GetRequiredService<BookHistory>().Store.EntriesDown(BookKeys.Partition(Wallet), BookKeys.LastEntryNumber, null, CancellationToken.None))
        {
            entries.Add(row.ToDomain());
        }

        entries.Reverse();
        return entries;
    }

    internal static object Money(long fen) => new { amount = fen, currency = "CNY" };

    internal static object TopUp(long fen) => new { amount = Money(fen), channel = "sandbox" };

    private async Task MoveAsync(int i)
    {
        var fen = random.Next(1, 2_000);
        var people = (await App.PeopleAsync()).GetProperty("customers");
        string? To(int index) => people[index].GetProperty("walletId").GetString();
        switch (random.Next(8))
        {
            case < 2:
                (await Owner.PostAsync("v1/topups", TopUp(fen))).Must(HttpStatusCode.Created);
                break;
            case < 5:
                var note = i % 7 == 0 ? $"=1+1,\"午饭\" <b>{i}</b>" : $"note {i}";
                (await Owner.PostAsync("v1/transfers", new { to = new { walletId = To(random.Next(1, 3)) }, amount = Money(fen), note })).Must(HttpStatusCode.Created);
                break;
            case < 7:
                (await Other.PostAsync("v1/transfers", new { to = new { walletId = To(0) }, amount = Money(fen) })).Must(HttpStatusCode.Created);
                break;
            default:
                await App.AdvanceAsync(TimeSpan.FromHours(random.Next(1, 24 * 14)));
                break;
        }
    }

    private async Task WithdrawAsync(string mode, string end)
    {
        await App.Anonymous.PutAsync("sandbox/bank/behaviour", new { mode, afterSeconds = 0 });
        var card = (await Owner.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("bankCardId").GetString();
        var id = (await Owner.PostAsync("v1/withdrawals", new { bankCardId = card, amount = Money(500) })).Must(HttpStatusCode.Accepted).Text("withdrawalId");
        await Eventually.True($"the withdrawal is {end}", async () => (await Owner.GetAsync($"v1/withdrawals/{id}?wait=5")).Text("status") == end);
    }
}

[CollectionDefinition(Name)]
public sealed class LivedBookTests : ICollectionFixture<LivedBook>
{
    public const string Name = "A book in which much has happened";
}
