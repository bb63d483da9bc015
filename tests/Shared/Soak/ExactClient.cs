using System.Security.Cryptography;
using System.Text.Json;

namespace WalletFunctions.Soak;

/// <summary>A client with wallets of its own, which nobody else touches: every answer it gets is predicted to the fen.</summary>
internal sealed partial class ExactClient
{
    private const string PaymentPassword = "135790";

    private readonly SoakRound round;
    private readonly Random random;
    private readonly string name;
    private readonly Owner[] owners;
    private readonly List<(Owner Owner, string Path, string Body, string Key, string Text)> kept = [];
    private readonly List<(DateTimeOffset At, long[] Available)> past = [];
    private int operation;

    private ExactClient(SoakRound round, int number, Owner[] owners) =>
        (this.round, name, random, this.owners) = (round, $"exact{number}", new Random(FaultPlan.Mix(round.Plan.Seed, number)), owners);

    /// <summary>How many transactions its wallets have.</summary>
    public int Transactions => owners.Sum(owner => owner.Wallet.Lines.Count);

    public static async Task<ExactClient> OpenAsync(SoakRound round, int number)
    {
        const int Size = SoakPlan.WalletsPerExact;
        var opened = await Task.WhenAll(Enumerable.Range(0, Size).Select(index => Owner.OpenAsync(round, $"exact{number}.{index}", (number * Size) + index)));
        var client = new ExactClient(round, number, opened);
        await client.SettleInAsync();
        return client;
    }

    /// <summary>A class for each, money for most of them, and a payment password.</summary>
    private async Task SettleInAsync()
    {
        foreach (var owner in owners)
        {
            var @class = random.Next(5) switch
            {
                0 => 1,
                1 or 2 => 2,
                _ => 3,
            };
            await StaffAsync(owner, "class", new { @class = new string('I', @class), reason = "soak" });
            owner.Wallet.Class = @class;
            owner.Caller.Must(await owner.Caller.AskAsync("PUT", "v1/me/payment-password", SoakCaller.Json(new { paymentPassword = PaymentPassword })), 204);
            await BindKeyAsync(owner);
            if (random.Next(3) > 0)
            {
                operation++;
                await TopUpAsync(owner, 30_000_000);
            }
        }
    }

    /// <summary>Its share of a phase. The clock stands still for it: nothing it does straddles a jump.</summary>
    public async Task RunPhaseAsync()
    {
        for (var left = round.Plan.OperationsPerPhase; left > 0; left--)
        {
            operation++;
            await StepAsync(owners[random.Next(owners.Length)]);
        }

        past.Add((round.Now.AddMinutes(12), [.. owners.Select(owner => owner.Wallet.Available)]));
    }

    /// <summary>After the storm: wallets, lists, the past and every answer are as they were told.</summary>
    public async Task CloseAsync()
    {
        foreach (var owner in owners)
        {
            await CheckWalletAsync(owner);
            await CheckListAsync(owner);
        }

        foreach (var (at, available) in past)
        {
            for (var i = 0; i < owners.Length; i++)
            {
                await ReadAsync(owners[i], $"v1/wallet/balance?at={at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", Expected.Answer(200, ("available.amount", available[i])));
            }
        }

        foreach (var earlier in kept.TakeLast(round.Plan.KeysAskedAgain))
        {
            await RepeatAsync(earlier);
        }
    }

    /// <summary>Posts, often several times at once, and holds every answer against the expected.</summary>
    private async Task<SoakAnswer> DoAsync(string kind, Owner owner, string path, object? body, Expected expected, string? device = null, string? key = null, Func<SoakAnswer, bool>? isPassing = null)
    {
        key ??= $"{name}-{operation}";
        var json = body is null ? "" : SoakCaller.Json(body);
        var copies = random.Next(6) == 0 ? random.Next(2, 5) : 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => owner.Caller.AskAsync("POST", path, json, key, device ?? owner.Device, isPassing)));
        foreach (var answer in answers)
        {
            if (expected.Compare(answer) is { } wrong)
            {
                var why = await owner.Caller.AskAsync("GET", $"v1/attempts/{answer.RequestId}/why");
                throw Failure(kind, $"POST {path} {json} (key {key})", wrong, expected.ToString(), answer, why.Text);
            }

            if (answers[0].IsKept && answer.Text != answers[0].Text)
            {
                throw Failure(kind, $"POST {path} {json} (key {key}), several times at once", "the answers differ", answers[0].ToString(), answer);
            }
        }

        round.Report.Add(kind, answers[0].Code);
        if (answers[0].IsKept)
        {
            kept.Add((owner, path, json, key, answers[0].Text));
        }

        return answers[0];
    }

    private async Task<SoakAnswer> ReadAsync(Owner owner, string path, Expected expected)
    {
        var answer = await owner.Caller.AskAsync("GET", path);
        return expected.Compare(answer) is { } wrong ? throw Failure("read", $"GET {path}", wrong, expected.ToString(), answer) : answer;
    }

    /// <summary>An earlier request with its key: the first answer comes back byte for byte, and nothing moves.</summary>
    private async Task RepeatAsync((Owner Owner, string Path, string Body, string Key, string Text) earlier)
    {
        var (owner, path, body, key, text) = earlier;
        var answer = await owner.Caller.AskAsync("POST", path, body, key, owner.Device);
        if (answer.Text != text || !answer.Replayed)
        {
            throw Failure("repeat", $"POST {path} {body} (key {key}) again", answer.Replayed ? "another answer" : "not marked as replayed", text, answer);
        }

        round.Report.Add("repeat", null);
    }

    private async Task CheckWalletAsync(Owner owner)
    {
        var wallet = owner.Wallet;
        await ReadAsync(owner, "v1/wallet", Expected.Answer(200,
        [
            ("walletId", wallet.WalletId), ("available.amount", wallet.Available), ("held.amount", wallet.Held),
            ("class", new string('I', wallet.Class)), ("status", wallet.IsFrozen ? "frozen" : "active"), .. wallet.LimitsTold(round.Now),
        ]));
    }

    private async Task CheckListAsync(Owner owner)
    {
        var told = (await owner.Caller.ListAsync("v1/transactions")).SkipLast(owner.Before).Reverse().ToList();
        var lines = owner.Wallet.Lines;
        for (var i = 0; i < Math.Max(told.Count, lines.Count); i++)
        {
            var (item, line) = (i < told.Count ? told[i] : default, i < lines.Count ? lines[i] : null);
            if (line is null || item.ValueKind == JsonValueKind.Undefined || !IsSame(item, line))
            {
                throw new SoakFailure($"{name}, after operation {operation}: transaction {i} of {owner.Caller.Name} ({owner.Wallet.WalletId}) is {(item.ValueKind == JsonValueKind.Undefined ? "missing" : item.GetRawText())}; expected {line?.ToString() ?? "none"}");
            }
        }
    }

    private static bool IsSame(JsonElement item, ModelLine line)
    {
        return (Text("transactionId") == line.Id || Text("withdrawalId") == line.Id)
            && Text("kind") == line.Kind && Text("direction") == line.Direction && Text("status") == line.Status
            && Fen("amount") == line.Amount && Fen("fee") == line.Fee && Fen("balanceAfter") == line.BalanceAfter;

        string? Text(string member) => item.TryGetProperty(member, out var value) ? value.GetString() : null;
        long Fen(string member) => item.GetProperty(member).GetProperty("amount").GetInt64();
    }

    private SoakFailure Failure(string kind, string request, string wrong, string expected, SoakAnswer answer, string? why = null) =>
        new($"{name}, operation {operation} ({kind}), request {answer.RequestId}: {request}\n  wrong: {wrong}\n  expected: {expected}\n  answered: {answer}{(why is null ? "" : $"\n  why: {why}\n  model: {string.Join("; ", owners.Select(owner => $"{owner.Caller.Name} {owner.Wallet}"))}")}");

    /// <summary>One account: its installation of the app, and what the model knows of its wallet.</summary>
    private sealed record Owner(SoakCaller Caller, ModelWallet Wallet, string AccountId, string Phone, string CardId, int Before)
    {
        /// <summary>The device at hand.</summary>
        public string Device { get; set; } = Caller.Name;

        /// <summary>The key that the device keeps behind a fingerprint.</summary>
        public (string Id, ECDsa Key) DeviceKey { get; set; }

        public static async Task<Owner> OpenAsync(SoakRound round, string name, int index)
        {
            var person = round.People.GetProperty("customers")[index];
            var caller = round.NewCaller(name);
            await caller.SignInAsync(person);
            var wallet = await caller.ReadAsync("v1/wallet");
            var cards = await caller.ReadAsync("v1/me/bank-cards");
            var before = await caller.ListAsync("v1/transactions");
            return new Owner(
                caller,
                new ModelWallet(wallet.Member("walletId")!, (char)('0' + wallet.Member("class")!.Length), long.Parse(wallet.Member("available.amount")!)),
                person.GetProperty("accountId").GetString()!,
                person.GetProperty("phone").GetString()!,
                cards.Json.GetProperty("items")[0].GetProperty("bankCardId").GetString()!,
                before.Count);
        }
    }
}
