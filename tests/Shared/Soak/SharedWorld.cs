using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace WalletFunctions.Soak;

/// <summary>The common wallets: what they held, what all clients were told about them, and whether it adds up.</summary>
internal sealed class SharedWorld
{
    /// <summary>How many things there are that only one can have: collections, orders, bills.</summary>
    public const int Prizes = 8;

    /// <summary>What the owner of the first common wallet lets go in a day.</summary>
    private const long OwnDaily = 1_500_000;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly SoakRound round;
    private readonly Member[] members;
    private readonly ConcurrentBag<Told> told = [];
    private readonly ConcurrentDictionary<string, string> winners = new(StringComparer.Ordinal);

    private SharedWorld(SoakRound round, Member[] members) => (this.round, this.members) = (round, members);

    public IReadOnlyList<SharedClient> Clients { get; private set; } = [];

    public IReadOnlyList<Member> Members => members;

    /// <summary>Each for one payer, and whose it is.</summary>
    public IReadOnlyList<(string Id, Member Payee)> Collections { get; private init; } = [];

    /// <summary>Who takes telephone bills.</summary>
    public string Biller { get; private set; } = "";

    /// <summary>How many transactions the common wallets have.</summary>
    public int Transactions { get; private set; }

    public static async Task<SharedWorld> OpenAsync(SoakRound round)
    {
        var first = round.Plan.Exact * SoakPlan.WalletsPerExact;
        var opened = await Task.WhenAll(Enumerable.Range(0, SoakPlan.SharedWallets).Select(index => Member.OpenAsync(round, index, first + index)));
        var world = new SharedWorld(round, opened) { Collections = await Task.WhenAll(Enumerable.Range(0, Prizes).Select(number => CollectAsync(opened[number % opened.Length], number))) };
        var billers = await opened[0].Caller.ListAsync("v1/billers");
        world.Biller = billers.First(biller => biller.GetProperty("kind").GetString() == "phone").GetProperty("billerId").GetString()!;
        opened[0].Caller.Must(await opened[0].Caller.AskAsync("PATCH", "v1/me", SoakCaller.Json(new { ownLimits = new { daily = new { amount = OwnDaily, currency = "CNY" } } })), 200);
        world.Clients = [.. await Task.WhenAll(Enumerable.Range(0, round.Plan.Shared).Select(number => SharedClient.OpenAsync(round, world, number)))];
        return world;
    }

    /// <summary>A client was told that money moved.</summary>
    public void Tell(string wallet, string id, long change, long fee, string by) => told.Add(new Told(wallet, id, change, fee, by));

    /// <summary>A client was told that it has what only one can have.</summary>
    public void Win(string prize, string transaction, string by)
    {
        if (winners.GetOrAdd(prize, transaction) is var first && first != transaction)
        {
            throw new SoakFailure($"{by} was told that {transaction} paid {prize}, which {first} had paid");
        }
    }

    /// <summary>Holds what was told against what is stored.</summary>
    public async Task CheckAsync()
    {
        foreach (var client in Clients)
        {
            await client.CloseAsync();
        }

        foreach (var member in members)
        {
            await CheckAsync(member);
        }

        // What could be had once and was is still as it was, and nobody else can have it.
        foreach (var (collection, payee) in Collections)
        {
            var isPaid = winners.ContainsKey(collection);
            var status = (await payee.Caller.ReadAsync("v1/collections/" + collection)).Member("status");
            if (isPaid != (status == "paid"))
            {
                throw new SoakFailure($"{collection} is {status}; its payer was {(isPaid ? "told that it is paid" : "never told")}");
            }
        }
    }

    private static async Task<(string Id, Member Payee)> CollectAsync(Member payee, int number)
    {
        var made = await payee.Caller.AskAsync("POST", "v1/collections", SoakCaller.Json(new { amount = new { amount = 1_000 + number, currency = "CNY" }, expiresInSeconds = 2_592_000 }), $"collection-{number}");
        return (payee.Caller.Must(made, 201).Member("collectionId")!, payee);
    }

    private async Task CheckAsync(Member member)
    {
        var mine = told.Where(move => move.Wallet == member.WalletId).ToList();
        var wallet = await member.Caller.ReadAsync("v1/wallet");
        var (available, held) = (Fen(wallet.Json, "available"), Fen(wallet.Json, "held"));
        var expected = member.Opening + mine.Sum(move => move.Change - move.Fee);
        if (held != 0 || available != expected)
        {
            throw new SoakFailure($"{member.WalletId} holds {available} and {held} held; by what its clients were told it is {expected} and 0: {wallet}");
        }

        var listed = (await member.Caller.ListAsync("v1/transactions")).SkipLast(member.Before).ToList();
        Transactions += listed.Count;
        var counts = listed.Where(item => item.GetProperty("status").GetString() is "completed" or "reversed").GroupBy(Key).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        foreach (var move in mine)
        {
            if (!counts.Remove(move.Key, out var count) || count != 1)
            {
                throw new SoakFailure($"{member.WalletId}: {move.By} was told {move.Key}, which stands {count} times in the list of transactions");
            }
        }

        var spent = listed.Where(item => item.GetProperty("direction").GetString() == "out" && item.GetProperty("kind").GetString() is "transfer" or "collection" or "payment" or "bill")
            .GroupBy(item => item.GetProperty("createdAt").GetDateTimeOffset().ToOffset(Shanghai).Date, item => Fen(item, "amount"));
        if (member == members[0] && spent.FirstOrDefault(day => day.Sum() > OwnDaily) is { } much)
        {
            throw new SoakFailure($"{member.WalletId} spent {much.Sum()} on {much.Key:yyyy-MM-dd}; its owner allows {OwnDaily}");
        }

        if (counts.Count > 0)
        {
            throw new SoakFailure($"{member.WalletId}: nobody was told of {string.Join("; ", counts.Keys.Take(5))}");
        }
    }

    private static string Key(JsonElement item)
    {
        var id = item.TryGetProperty("withdrawalId", out var withdrawal) ? withdrawal.GetString() : item.GetProperty("transactionId").GetString();
        var sign = item.GetProperty("direction").GetString() == "in" ? 1 : -1;
        return string.Create(CultureInfo.InvariantCulture, $"{id} {sign * Fen(item, "amount")} {Fen(item, "fee")}");
    }

    private static long Fen(JsonElement item, string member) => item.GetProperty(member).GetProperty("amount").GetInt64();

    /// <param name="Change">Without the fee; above zero: it came in.</param>
    /// <param name="By">Who was told.</param>
    private sealed record Told(string Wallet, string Id, long Change, long Fee, string By)
    {
        public string Key => string.Create(CultureInfo.InvariantCulture, $"{Id} {Change} {Fee}");
    }

    /// <summary>A common wallet, seen by its owner.</summary>
    internal sealed record Member(SoakCaller Caller, string WalletId, string Phone, string CardId, long Opening, int Before)
    {
        public static async Task<Member> OpenAsync(SoakRound round, int index, int person)
        {
            var customer = round.People.GetProperty("customers")[person];
            var caller = round.NewCaller($"common{index}");
            await caller.SignInAsync(customer);
            var wallet = await caller.ReadAsync("v1/wallet");
            var cards = await caller.ReadAsync("v1/me/bank-cards");
            var before = await caller.ListAsync("v1/transactions");
            return new Member(caller, wallet.Member("walletId")!, customer.GetProperty("phone").GetString()!,
                cards.Json.GetProperty("items")[0].GetProperty("bankCardId").GetString()!, Fen(wallet.Json, "available"), before.Count);
        }
    }
}
