namespace WalletFunctions.Soak;

/// <content>What banks and acquirers have a say in. They say nothing until the client tells them what to.</content>
internal sealed partial class ExactClient
{
    /// <summary>The days after it are not published yet: until when the money will be there cannot be promised.</summary>
    private static readonly DateTimeOffset KnownCalendar = new(2027, 1, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A top-up by bank card: pending, until the acquirer is told what to say.</summary>
    private async Task CardTopUpAsync(Owner owner)
    {
        var (wallet, amount) = (owner.Wallet, Amount(owner));
        var body = new { amount = Yuan(amount), channel = "bank_card", bankCardId = owner.CardId };
        var decision = wallet.Decide(Spend.CardTopUp, amount, null, owner.Device, isConfirmed: false, round.Now);
        if (decision.Verdict == Verdict.Refused)
        {
            await DoAsync("card top-up", owner, "v1/topups", body, Expected.Refusal(decision.Code!));
            return;
        }

        var answer = await DoAsync("card top-up", owner, "v1/topups", body, Expected.Answer(201, ("status", "pending"), ("amount.amount", amount)));
        var count = wallet.Count(Spend.CardTopUp, amount, null, null, isConfirmed: false, decision, round.Now);
        var id = answer.Member("topupId")!;
        await CheckWalletAsync(owner);
        var code = CardWord();
        await DecideChargeAsync(owner, id, code);
        if (code is null)
        {
            wallet.Move((await owner.Caller.ReadAsync("v1/topups/" + id)).Member("transactionId")!, "topup", amount);
        }
        else
        {
            wallet.Uncount(count, round.Now);
        }
    }

    /// <summary>A payment from the bank card: it waits until the acquirer is told what to say. The charge is a top-up of its own.</summary>
    /// <param name="ask">Sends the payment, and holds its answer against the expected.</param>
    /// <param name="expected">If the card pays.</param>
    /// <returns>Null if the card does not pay, and so nothing else has moved.</returns>
    private async Task<SoakAnswer?> AskChargingAsync(Owner payer, long amount, Func<Expected, Task<SoakAnswer>> ask, Expected expected)
    {
        var wallet = payer.Wallet;
        var decision = wallet.Decide(Spend.CardTopUp, amount, null, payer.Device, isConfirmed: false, round.Now);
        if (decision.Verdict == Verdict.Refused)
        {
            await ask(Expected.Refusal(decision.Code!));
            return null;
        }

        var code = CardWord();
        var asking = ask(code is null ? expected : Expected.Refusal(code));
        var id = await UntilAsync($"the card of {payer.Caller.Name} is charged", async () => asking.IsFaulted ? throw asking.Exception.InnerException! : (await payer.Caller.ListAsync("v1/topups"))
            .Where(item => item.GetProperty("status").GetString() == "pending").Select(item => item.GetProperty("topupId").GetString()).FirstOrDefault());
        var count = wallet.Count(Spend.CardTopUp, amount, null, null, isConfirmed: false, decision, round.Now);
        await DecideChargeAsync(payer, id, code);
        var answer = await asking;
        if (code is not null)
        {
            wallet.Uncount(count, round.Now);
            return null;
        }

        wallet.Move((await payer.Caller.ReadAsync("v1/topups/" + id)).Member("transactionId")!, "topup", amount);
        return answer;
    }

    /// <summary>What the card's bank will say: null where it pays.</summary>
    private string? CardWord() => random.Next(5) switch
    {
        0 => "card_declined",
        1 => "card_insufficient_funds",
        2 => "card_details_outdated",
        _ => null,
    };

    private async Task DecideChargeAsync(Owner owner, string id, string? code)
    {
        await UntilAsync($"the acquirer takes a word about {id}", async () =>
        {
            // Under faults the order may still be on its way.
            var word = await round.Operator.AskAsync("POST", $"sandbox/acquirer/charges/{id}/{(code is null ? "settle" : "reject")}", code is null ? null : SoakCaller.Json(new { reason = code }));
            return word.Status == 200 || word.Code == "charge_decided" ? "taken" : null;
        });
        await UntilAsync($"top-up {id} has ended", async () => (await owner.Caller.ReadAsync("v1/topups/" + id)).Member("status") is "succeeded" or "failed" ? "ended" : null);
        await ReadAsync(owner, "v1/topups/" + id, Expected.Answer(200, ("status", code is null ? "succeeded" : "failed"), ("failureCode", code)));
    }

    /// <summary>A withdrawal, and what the bank makes of it.</summary>
    private async Task WithdrawAsync(Owner owner)
    {
        const string Kind = "withdrawal";
        const string Path = "v1/withdrawals";
        var (wallet, amount) = (owner.Wallet, Amount(owner));
        object Body(object? confirm) => confirm is null ? new { bankCardId = owner.CardId, amount = Yuan(amount) } : new { bankCardId = owner.CardId, amount = Yuan(amount), confirm };
        if (round.Now > KnownCalendar)
        {
            return;
        }

        var confirm = await ConfirmationAsync(Kind, owner, null, Path, Body, Spend.Withdrawal, amount);
        var decision = wallet.Decide(Spend.Withdrawal, amount, owner.CardId, owner.Device, confirm is not null, round.Now);
        if (decision.Verdict == Verdict.Refused)
        {
            await DoAsync(Kind, owner, Path, Body(confirm), Expected.Refusal(decision.Code!));
            return;
        }

        var isReview = decision.Verdict == Verdict.Review;
        var answer = await DoAsync(Kind, owner, Path, Body(confirm), Expected.Answer(202, ("status", isReview ? "in_review" : "reserved")));
        var count = wallet.Count(Spend.Withdrawal, amount, isReview ? null : owner.CardId, isReview ? null : owner.Device, confirm is not null, decision, round.Now);
        var (id, total) = (answer.Member("withdrawalId")!, amount + decision.Fee);
        var line = wallet.Hold(id, Kind, amount, decision.Fee);
        await CheckWalletAsync(owner);
        var fate = random.Next(4);
        if (isReview && !await ReviewedAsync(owner, id))
        {
            (line.Status, fate) = ("failed", -1);
        }
        else if (fate == 0 && await TryCancelAsync(owner, id))
        {
            (line.Status, fate) = ("cancelled", -1);
        }
        else
        {
            var payout = await UntilAsync($"the bank has a payout for {id}", async () => (await round.Operator.ReadAsync("sandbox/bank/payouts"))
                .Json.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("withdrawalId").GetString() == id).Select(item => item.GetProperty("payoutId").GetString()).FirstOrDefault());
            await BankAsync(payout, fate == 1 ? "reject" : "settle");
            await UntilStatusAsync(owner, "v1/withdrawals/" + id, fate == 1 ? "rejected" : "settled");
            line.Status = fate == 1 ? "failed" : "completed";
            if (fate == 2)
            {
                await BankAsync(payout, "return");
                await UntilStatusAsync(owner, "v1/withdrawals/" + id, "returned");
                wallet.Capture(total);
                wallet.Uncount(count, round.Now);
                line.Status = "returned";
                wallet.Move(id, "withdrawal_return", total);
                return;
            }
        }

        await ReadAsync(owner, "v1/withdrawals/" + id, Expected.Answer(200, ("amount.amount", amount), ("fee.amount", decision.Fee)));
        if (fate is -1 or 1)
        {
            wallet.Release(total);
            wallet.Uncount(count, round.Now);
        }
        else
        {
            wallet.Capture(total);
        }
    }

    /// <summary>A person looks at a withdrawal, and lets it go or gives it back.</summary>
    private async Task<bool> ReviewedAsync(Owner owner, string id)
    {
        var review = await UntilAsync($"{id} waits for review", async () => (await round.Supervisor.ListAsync("v1/reviews?kind=withdrawal"))
            .Where(item => item.GetProperty("subjectId").GetString() == id).Select(item => item.GetProperty("reviewId").GetString()).FirstOrDefault());
        var approves = random.Next(2) == 0;
        round.Supervisor.Must(await round.Supervisor.AskAsync(
            "POST", $"v1/reviews/{review}/decision", SoakCaller.Json(new { decision = approves ? "approve" : "deny", reason = "soak" }), $"{name}-{operation}-review"), 200);
        if (approves)
        {
            owner.Wallet.Meet(owner.CardId, null);
            return true;
        }

        await UntilStatusAsync(owner, "v1/withdrawals/" + id, "rejected");
        return false;
    }

    /// <summary>Takes a withdrawal back, unless the bank was quicker: either is right, and it must stay so.</summary>
    private async Task<bool> TryCancelAsync(Owner owner, string withdrawal)
    {
        var (path, key) = ($"v1/withdrawals/{withdrawal}/cancel", $"{name}-{operation}-cancel");
        var answer = await owner.Caller.AskAsync("POST", path, null, key);
        round.Report.Add("cancel", answer.Code);
        if (answer.Status != 200 && answer.Code != "too_late_to_cancel")
        {
            throw Failure("cancel", $"POST {path}", "refused", "200, or 409 too_late_to_cancel", answer);
        }

        kept.Add((owner, path, "", key, answer.Text));
        return answer.Status == 200;
    }

    private async Task BankAsync(string payout, string word)
    {
        var answer = await round.Operator.AskAsync("POST", $"sandbox/bank/payouts/{payout}/{word}");
        if (answer.Status != 200 && answer.Code != "payout_decided")
        {
            throw Failure("bank", $"POST sandbox/bank/payouts/{payout}/{word}", "refused", "200", answer);
        }
    }
}
