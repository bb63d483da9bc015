using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>One customer who moves money at random, repeats some requests, and remembers every answer it was given.</summary>
internal sealed class RandomMover
{
    private readonly Random random;
    private readonly TimeSpan patience;
    private readonly IReadOnlyList<JsonNode> people;
    private readonly List<(string Path, JsonObject Body, string Key, string Text)> answered = [];
    private readonly Dictionary<string, long> withdrawals = new(StringComparer.Ordinal);
    private string cardId = "";
    private int done;

    private RandomMover(Uri host, IReadOnlyList<JsonNode> people, Random random, TimeSpan patience)
    {
        Client = new WalletClient(() => host);
        (this.people, this.random, this.patience) = (people, random, patience);
    }

    public WalletClient Client { get; }

    public string WalletId { get; private set; } = "";

    /// <summary>What was available before the first move.</summary>
    public long Opening { get; private set; }

    public int Done => Volatile.Read(ref done);

    /// <summary>By wallet, in fen: what all answers together say has changed.</summary>
    public ConcurrentDictionary<string, long> Changes { get; } = new(StringComparer.Ordinal);

    public static async Task<RandomMover> OpenAsync(Uri host, JsonNode person, IReadOnlyList<JsonNode> people, Random random, TimeSpan patience)
    {
        var mover = new RandomMover(host, people, random, patience) { WalletId = (string)person["walletId"]! };
        await mover.Client.SignInAsync(person);
        mover.cardId = (string)(await mover.Client.GetAsync("/api/v1/me/bank-cards")).Expect(HttpStatusCode.OK).Body!["items"]![0]!["bankCardId"]!;
        mover.Opening = (long)(await mover.Client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!["available"]!["amount"]!;
        mover.Changes[mover.WalletId] = 0;
        return mover;
    }

    public async Task RunAsync(int moves)
    {
        for (var move = 0; move < moves; move++)
        {
            if (answered.Count > 0 && random.Next(10) == 0)
            {
                await RepeatAsync();
            }
            else
            {
                await MoveAsync($"{WalletId}-{move}");
            }

            Interlocked.Increment(ref done);
        }
    }

    /// <summary>Waits until the bank has had its say on every withdrawal.</summary>
    public async Task SettleAsync()
    {
        foreach (var (id, fen) in withdrawals)
        {
            await Stage.UntilAsync($"withdrawal {id} settles", patience, async () =>
            {
                var answer = await Client.GetAsync($"/api/v1/withdrawals/{id}");
                return ((string?)answer.Body?["status"] == "settled", answer.ToString());
            });
            Add(WalletId, -fen);
        }
    }

    private async Task MoveAsync(string key)
    {
        // Together these stay below what the rules let a day move unasked.
        var fen = random.Next(1, 150_00);
        var (path, body) = random.Next(10) switch
        {
            < 3 => ("/api/v1/topups", new JsonObject { ["amount"] = Amount(fen), ["channel"] = "sandbox" }),
            < 8 => ("/api/v1/transfers", new JsonObject { ["amount"] = Amount(fen), ["to"] = new JsonObject { ["walletId"] = SomebodyElse() } }),
            _ => ("/api/v1/withdrawals", new JsonObject { ["amount"] = Amount(fen), ["bankCardId"] = cardId }),
        };
        var answer = await Client.PostUntilAnsweredAsync(path, body, key, patience);
        answered.Add((path, body, key, answer.Text));
        if (answer.Status == HttpStatusCode.UnprocessableEntity)
        {
            answer.Code.ShouldBe("insufficient_funds");
            return;
        }

        if (path.EndsWith("withdrawals", StringComparison.Ordinal))
        {
            withdrawals[(string)answer.Expect(HttpStatusCode.Accepted).Body!["withdrawalId"]!] = fen;
            return;
        }

        answer.Expect(HttpStatusCode.Created);
        if (body["to"] is { } to)
        {
            Add(WalletId, -fen);
            Add((string)to["walletId"]!, fen);
        }
        else
        {
            Add(WalletId, fen);
        }
    }

    /// <summary>An earlier request again, with its key: the first answer comes back, byte for byte, and nothing moves.</summary>
    private async Task RepeatAsync()
    {
        var (path, body, key, text) = answered[random.Next(answered.Count)];
        (await Client.PostUntilAnsweredAsync(path, body, key, patience)).Text.ShouldBe(text);
    }

    private void Add(string wallet, long fen) => Changes.AddOrUpdate(wallet, fen, (_, sum) => sum + fen);

    private string SomebodyElse()
    {
        var others = people.Select(person => (string)person["walletId"]!).Where(id => id != WalletId).ToList();
        return others[random.Next(others.Count)];
    }

    private static JsonObject Amount(long fen) => new() { ["amount"] = fen, ["currency"] = "CNY" };
}
