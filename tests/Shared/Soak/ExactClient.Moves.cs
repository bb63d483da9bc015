namespace WalletFunctions.Soak;

/// <content>What it does.</content>
internal sealed partial class ExactClient
{
    /// <summary>A credit may come after its answer, which then says so.</summary>
    private static readonly string[] Completed = ["completed", "in_transit"];

    private Task StepAsync(Owner owner) => random.Next(100) switch
    {
        < 12 => TopUpAsync(owner, Amount(owner)),
        < 16 => CardTopUpAsync(owner),
        < 34 => TransferAsync(owner),
        < 37 => TransferAsync(owner, isFromCard: true),
        < 41 => CollectAsync(owner),
        < 42 => PayLateAsync(),
        < 46 => PayMerchantAsync(owner),
        < 49 => PayBillAsync(owner),
        < 51 => ReverseAsync(),
        < 53 => RecallAsync(),
        < 57 => WithdrawAsync(owner),
        < 61 => WrongTransferAsync(owner),
        < 64 => ForeignMoneyAsync(owner),
        < 67 => ReuseKeyAsync(owner),
        < 70 => OwnLimitsAsync(owner),
        < 72 => FreezeAsync(owner),
        < 85 when kept.Count > 0 => RepeatAsync(kept[random.Next(kept.Count)]),
        < 91 => CheckWalletAsync(owner),
        < 93 => CheckListAsync(owner),
        < 96 => LookUpAsync(),
        < 98 => ChangeDeviceAsync(owner),
        _ => TransferAsync(owner),
    };

    private async Task TopUpAsync(Owner owner, long amount)
    {
        if (owner.Wallet.IsFrozen)
        {
            await DoAsync("topup", owner, "v1/topups", new { amount = Yuan(amount), channel = "sandbox" }, Expected.Refusal("account_frozen"));
            return;
        }

        var answer = await DoAsync("topup", owner, "v1/topups", new { amount = Yuan(amount), channel = "sandbox" }, Expected.Answer(201,
            ("status", "succeeded"), ("amount.amount", amount), ("balanceAfter.amount", owner.Wallet.Available + amount)));
        owner.Wallet.Move(answer.Member("transactionId")!, "topup", amount);
        await ReadAsync(owner, "v1/topups/" + answer.Member("topupId"), Expected.Answer(200, ("status", "succeeded"), ("amount.amount", amount)));
    }

    private async Task TransferAsync(Owner payer, bool isFromCard = false)
    {
        var payee = Other(payer);
        var amount = Amount(payer);
        object to = random.Next(2) == 0 ? new { walletId = payee.Wallet.WalletId } : new { phone = payee.Phone };
        var source = isFromCard ? "bank_card" : "balance";
        object Body(object? confirm) => confirm is null ? new { to, source, amount = Yuan(amount) } : new { to, source, amount = Yuan(amount), confirm };
        if (await SpendAsync("transfer", payer, new Payee(payee.Wallet.WalletId, payee), "v1/transfers", Body, Spend.Transfer, amount, isFromCard) is { } id)
        {
            sent.Add((payer, payee, id, amount));
            await ReadAsync(payer, "v1/transfers/" + id, Expected.Answer(200, ("status", "completed"), ("amount.amount", amount)));
        }
    }

    /// <summary>A move that leaves the wallet: refused, confirmed, looked at by a person, or done, as the rules say.</summary>
    /// <param name="body">Makes the request's body, with a confirmation or without.</param>
    /// <param name="isFromCard">Whether the money comes from the bank card, which is charged for it first.</param>
    /// <returns>The transaction, if the money has moved at once.</returns>
    private async Task<string?> SpendAsync(string kind, Owner payer, Payee payee, string path, Func<object?, object> body, Spend spend, long amount, bool isFromCard = false)
    {
        var (wallet, device) = (payer.Wallet, payer.Device);
        var confirm = await ConfirmationAsync(kind, payer, payee, path, body, spend, amount, isFromCard);
        var decision = wallet.Decide(spend, amount, payee.WalletId, device, confirm is not null, round.Now, isFromCard);
        if (decision.Verdict == Verdict.Refused)
        {
            await DoAsync(kind, payer, path, body(confirm), Expected.Refusal(decision.Code!));
            return null;
        }

        var isReview = decision.Verdict == Verdict.Review;
        Task<SoakAnswer> AskAsync(Expected expected) => DoAsync(kind, payer, path, body(confirm), expected);
        var charged = isFromCard ? amount + decision.Fee : 0;
        var expected = Expected.Answer(isReview ? 202 : 201, ("status", isReview ? "under_review" : Completed),
            ("amount.amount", amount), ("fee.amount", decision.Fee), ("balanceAfter.amount", wallet.Available + charged - amount - decision.Fee));
        if ((isFromCard ? await AskChargingAsync(payer, charged, AskAsync, expected) : await AskAsync(expected)) is not { } answer)
        {
            return null;
        }

        var count = wallet.Count(spend, amount, isReview ? null : payee.WalletId, isReview ? null : device, confirm is not null, decision, round.Now);
        var id = answer.Member("transactionId")!;
        if (isReview)
        {
            await ReviewAsync(payer, payee, id, kind, amount, decision.Fee, count);
            return null;
        }

        wallet.Move(id, kind, -amount, decision.Fee);
        await UntilStatusAsync(payer, "v1/transactions/" + id, "completed");
        payee.Owner?.Wallet.Move(id, kind, amount);
        return id;
    }

    /// <summary>Asks without a confirmation first, if one will be asked for; and answers the proof.</summary>
    private async Task<object?> ConfirmationAsync(string kind, Owner payer, Payee? payee, string path, Func<object?, object> body, Spend spend, long amount, bool isFromCard = false)
    {
        if (payer.Wallet.Decide(spend, amount, payee?.WalletId, payer.Device, isConfirmed: false, round.Now, isFromCard).Verdict != Verdict.Confirm)
        {
            return null;
        }

        var asked = await DoAsync(kind, payer, path, body(null), Expected.Refusal("confirmation_required", 403));
        return asked.Member("challengeId") is null
            ? throw Failure(kind, $"POST {path}", "no challengeId", "a challengeId", asked)
            : await ProofAsync(payer, asked);
    }

    /// <summary>A move that waits for a person, who sends it on or gives it back.</summary>
    private async Task ReviewAsync(Owner payer, Payee payee, string id, string kind, long amount, long fee, ModelCount count)
    {
        var wallet = payer.Wallet;
        var line = wallet.Hold(id, kind, amount, fee);
        line.Status = "under_review";
        await CheckWalletAsync(payer);
        await CheckListAsync(payer);
        var review = await UntilAsync($"{id} waits for review", async () => (await round.Supervisor.ListAsync("v1/reviews?kind=transfer"))
            .Where(item => item.GetProperty("transactionId").GetString() == id).Select(item => item.GetProperty("reviewId").GetString()).FirstOrDefault());
        var approves = random.Next(2) == 0;
        round.Supervisor.Must(await round.Supervisor.AskAsync(
            "POST", $"v1/reviews/{review}/decision", SoakCaller.Json(new { decision = approves ? "approve" : "deny", reason = "soak" }), $"{name}-{operation}-review"), 200);
        await UntilStatusAsync(payer, "v1/transactions/" + id, line.Status = approves ? "completed" : "failed");
        if (approves)
        {
            wallet.Capture(amount + fee);
            wallet.Meet(payee.WalletId, null);
            payee.Owner?.Wallet.Move(id, kind, amount);
        }
        else
        {
            wallet.Release(amount + fee);
            wallet.Uncount(count, round.Now);
        }
    }

    private Task<string> UntilStatusAsync(Owner owner, string path, string status, TimeSpan? within = null) => UntilAsync(
        $"{path} is {status}", async () => (await owner.Caller.ReadAsync(path)).Member("status") == status ? status : null, within);

    private async Task<string> UntilAsync(string what, Func<Task<string?>> look, TimeSpan? within = null)
    {
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < (within ?? TimeSpan.FromSeconds(60));)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(100, round.Stop);
        }

        throw new SoakFailure($"{name}, operation {operation}: it never came true that {what}");
    }

    private Task WrongTransferAsync(Owner owner)
    {
        if (owner.Wallet.IsFrozen)
        {
            return CheckWalletAsync(owner);
        }

        var amount = Math.Min(Amount(owner), 50_000);
        return random.Next(2) == 0
            ? DoAsync("transfer", owner, "v1/transfers", new { to = new { walletId = owner.Wallet.WalletId }, amount = Yuan(amount) }, Expected.Refusal("payee_is_self"))
            : DoAsync("transfer", owner, "v1/transfers", new { to = new { walletId = "wal_00000000000000000000000000" }, amount = Yuan(amount) }, Expected.Refusal("payee_not_found"));
    }

    private Task<SoakAnswer> ForeignMoneyAsync(Owner owner) =>
        DoAsync("topup", owner, "v1/topups", new { amount = new { amount = Amount(owner), currency = "USD" }, channel = "sandbox" }, Expected.Refusal("currency_mismatch"));

    /// <summary>From a fen to more than any limit, sometimes the very balance and a fen above it.</summary>
    private long Amount(Owner owner) => random.Next(12) switch
    {
        0 when owner.Wallet.Available is > 0 and < 5_000_000 => owner.Wallet.Available,
        1 when owner.Wallet.Available is > 0 and < 5_000_000 => owner.Wallet.Available + 1,
        _ => (long)Math.Pow(10, 6.72 * random.NextDouble()),
    };

    private Owner Other(Owner owner)
    {
        var others = owners.Where(other => other != owner).ToList();
        return others[random.Next(others.Count)];
    }

    private static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    /// <summary>Who gets the money.</summary>
    /// <param name="Owner">Null: somebody whose wallet this client does not follow.</param>
    private sealed record Payee(string WalletId, Owner? Owner);
}
