namespace WalletFunctions.Soak;

/// <summary>One of several clients on common wallets: it cannot know what it will be told, but remembers all of it.</summary>
internal sealed class SharedClient
{
    private readonly SoakRound round;
    private readonly SharedWorld world;
    private readonly Random random;
    private readonly string name;
    private readonly List<(SoakCaller Caller, string Path, string Body, string Key, string Text)> kept = [];
    private readonly List<(SharedWorld.Member Owner, string Id, long Amount)> withdrawals = [];
    private readonly List<(SharedWorld.Member Payer, SharedWorld.Member Payee, string Id, long Amount)> sent = [];

    private SharedClient(SoakRound round, SharedWorld world, int number) =>
        (this.round, this.world, name, random) = (round, world, $"shared{number}", new Random(FaultPlan.Mix(round.Plan.Seed, 100 + number)));

    public static Task<SharedClient> OpenAsync(SoakRound round, SharedWorld world, int number) => Task.FromResult(new SharedClient(round, world, number));

    public async Task RunAsync(int operations)
    {
        for (var operation = 0; operation < operations; operation++)
        {
            var owner = world.Members[random.Next(world.Members.Count)];
            await (random.Next(20) switch
            {
                < 4 => TopUpAsync(owner, $"{name}-{operation}"),
                < 13 => TransferAsync(owner, $"{name}-{operation}"),
                < 14 => WithdrawAsync(owner, $"{name}-{operation}"),
                < 17 => PrizeAsync(owner, $"{name}-{operation}"),
                < 18 => ReverseAsync($"{name}-{operation}"),
                _ when kept.Count > 0 => RepeatAsync(kept[random.Next(kept.Count)]),
                _ => TransferAsync(owner, $"{name}-{operation}"),
            });
        }
    }

    /// <summary>After the storm: the bank pays, and every key still has its answer.</summary>
    public async Task CloseAsync()
    {
        foreach (var (owner, id, amount) in withdrawals)
        {
            var status = await SettleAsync(owner, id);
            var fee = long.Parse(status.Member("fee.amount")!);
            world.Tell(owner.WalletId, id, -amount, fee, name);
        }

        foreach (var earlier in kept.TakeLast(round.Plan.KeysAskedAgain))
        {
            await RepeatAsync(earlier);
        }
    }

    private async Task TopUpAsync(SharedWorld.Member owner, string key)
    {
        var amount = random.Next(1, 200_000);
        if (await DoAsync("topup", owner, "v1/topups", new { amount = Yuan(amount), channel = "sandbox" }, key) is { Status: 201 } made)
        {
            world.Tell(owner.WalletId, made.Member("transactionId")!, amount, 0, name);
        }
    }

    private async Task TransferAsync(SharedWorld.Member payer, string key)
    {
        var payee = Other(payer);
        var amount = random.Next(1, 400_000);
        if (await DoAsync("transfer", payer, "v1/transfers", new { to = new { walletId = payee.WalletId }, amount = Yuan(amount) }, key) is { Status: 201 } made)
        {
            world.Tell(payer.WalletId, made.Member("transactionId")!, -amount, long.Parse(made.Member("fee.amount")!), name);
            world.Tell(payee.WalletId, made.Member("transactionId")!, amount, 0, name);
            sent.Add((payer, payee, made.Member("transactionId")!, amount));
        }
    }

    /// <summary>What others want as well, and only one can have: a collection, an order, a bill.</summary>
    private async Task PrizeAsync(SharedWorld.Member payer, string key)
    {
        var number = random.Next(SharedWorld.Prizes);
        var amount = 1_000 + number;
        var (collection, payee) = world.Collections[number];
        var merchantId = round.People.GetProperty("merchants")[0].GetProperty("merchantId").GetString()!;
        var (kind, prize, path, body) = random.Next(3) switch
        {
            0 => ("collection", collection, $"v1/collections/{collection}/pay", (object)new { }),
            1 => ("payment", $"order-{number}", "v1/payments", new { merchantId, orderId = $"order-{number}", amount = Yuan(amount), description = "soak" }),
            _ => ("bill", $"bill-{number}", "v1/bills", new { billerId = world.Biller, billNumber = $"19{number:D9}", amount = Yuan(amount) }),
        };
        if (await DoAsync(kind, payer, path, body, key) is { Status: 201 } made)
        {
            world.Win(prize, made.Member("transactionId")!, name);
            world.Tell(payer.WalletId, made.Member("transactionId")!, -amount, long.Parse(made.Member("fee.amount")!), name);
            if (kind == "collection")
            {
                world.Tell(payee.WalletId, made.Member("transactionId")!, amount, 0, name);
            }
        }
    }

    /// <summary>Staff takes a transfer back: two of them at the same moment, of whom one can.</summary>
    private async Task ReverseAsync(string key)
    {
        if (sent.Count == 0)
        {
            return;
        }

        var (payer, payee, id, amount) = sent[random.Next(sent.Count)];
        var (path, body) = ($"v1/transactions/{id}/reversals", SoakCaller.Json(new { walletId = payer.WalletId, reason = "soak" }));
        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(staff => round.Supervisor.AskAsync("POST", path, body, $"{key}-{staff}")));
        foreach (var answer in answers)
        {
            round.Report.Add("reversal", answer.Code);
            if (answer.Status == 201)
            {
                world.Win("the reversal of " + id, answer.Member("reversalId")!, name);
                world.Tell(payee.WalletId, answer.Member("reversalId")!, -amount, 0, name);
                world.Tell(payer.WalletId, answer.Member("reversalId")!, amount, 0, name);
            }
            else if (answer.Code is not ("already_reversed" or "payee_short_of_money"))
            {
                throw new SoakFailure($"{name}, reversal: POST {path} {body} (key {key}) got {answer}");
            }
        }
    }

    private async Task WithdrawAsync(SharedWorld.Member owner, string key)
    {
        var amount = random.Next(1, 100_000);
        if (await DoAsync("withdrawal", owner, "v1/withdrawals", new { bankCardId = owner.CardId, amount = Yuan(amount) }, key) is { Status: 202 } made)
        {
            withdrawals.Add((owner, made.Member("withdrawalId")!, amount));
        }
    }

    private async Task<SoakAnswer> SettleAsync(SharedWorld.Member owner, string withdrawal)
    {
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(2);)
        {
            var payout = (await round.Operator.ReadAsync("sandbox/bank/payouts")).Json.GetProperty("items").EnumerateArray()
                .Where(item => item.GetProperty("withdrawalId").GetString() == withdrawal).Select(item => item.GetProperty("payoutId").GetString()).FirstOrDefault();
            if (payout is not null)
            {
                await round.Operator.AskAsync("POST", $"sandbox/bank/payouts/{payout}/settle");
            }

            var seen = await owner.Caller.ReadAsync("v1/withdrawals/" + withdrawal);
            if (seen.Member("status") == "settled")
            {
                return seen;
            }

            await Task.Delay(100, round.Stop);
        }

        throw new SoakFailure($"{name}: withdrawal {withdrawal} never settled");
    }

    private async Task<SoakAnswer> DoAsync(string kind, SharedWorld.Member owner, string path, object body, string key)
    {
        var json = SoakCaller.Json(body);
        var copies = random.Next(6) == 0 ? random.Next(2, 5) : 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => owner.Caller.AskAsync("POST", path, json, key)));
        // What is not kept (a confirmation is asked for) may be decided anew by a copy that comes a moment later.
        var answer = answers.FirstOrDefault(answer => answer.IsKept) ?? answers[0];
        if (answers.FirstOrDefault(other => other.IsKept && other.Text != answer.Text) is { } second)
        {
            throw new SoakFailure($"{name}, {kind}: POST {path} {json} (key {key}), several times at once, got\n  {answer}\n  {second}");
        }

        if (answer.Status is not (201 or 202 or 403 or 409 or 422))
        {
            throw new SoakFailure($"{name}, {kind}: POST {path} {json} (key {key}) got {answer}");
        }

        round.Report.Add(kind, answer.Code);
        if (answer.IsKept)
        {
            kept.Add((owner.Caller, path, json, key, answer.Text));
        }

        return answer;
    }

    private async Task RepeatAsync((SoakCaller Caller, string Path, string Body, string Key, string Text) earlier)
    {
        var (caller, path, body, key, text) = earlier;
        var answer = await caller.AskAsync("POST", path, body, key);
        if (answer.Text != text || !answer.Replayed)
        {
            throw new SoakFailure($"{name}: POST {path} {body} (key {key}) again\n  first:  {text}\n  now:    {answer}");
        }

        round.Report.Add("repeat", null);
    }

    private SharedWorld.Member Other(SharedWorld.Member owner)
    {
        var others = world.Members.Where(other => other != owner).ToList();
        return others[random.Next(others.Count)];
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };
}
