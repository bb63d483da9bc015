namespace WalletFunctions.Soak;

/// <content>Money asked for, and money that goes back.</content>
internal sealed partial class ExactClient
{
    private const string Collections = "v1/collections";

    private readonly List<(Owner Payer, Owner Payee, string Id, long Amount)> sent = [];

    private readonly List<(Owner Payee, string Path, DateTimeOffset OverBy)> unpaid = [];

    /// <summary>A collection: paid once by one, or once by each of two; whoever comes later is refused.</summary>
    private async Task CollectAsync(Owner payer)
    {
        var payee = Other(payer);
        var amount = Amount(payer);
        var isForMany = random.Next(3) == 0;
        object asked = isForMany
            ? new { amount = Yuan(amount), expiresInSeconds = 3600, payers = "many", maxPayers = 2 }
            : new { amount = Yuan(amount), expiresInSeconds = 3600 };
        var made = await DoAsync("collection", payee, Collections, asked, Expected.Answer(201,
            ("status", "open"), ("amount.amount", amount), ("payers", isForMany ? "many" : "single")));
        var id = made.Member("collectionId")!;
        var path = $"{Collections}/{(random.Next(2) == 0 ? id : made.Member("code"))}/pay";
        if (random.Next(4) == 0)
        {
            // The clock never goes an hour forward within a phase, so it is over by the time that one two hours later begins.
            unpaid.Add((payee, path, round.Now.AddHours(2)));
            return;
        }

        operation++;
        if (await PayAsync(payer) is null)
        {
            return;
        }

        await ReadAsync(payee, $"{Collections}/{id}", Expected.Answer(200, ("status", isForMany ? "open" : "paid"), ("paid.amount.amount", amount)));
        if (!payer.Wallet.IsFrozen)
        {
            await PayAgainAsync(payer);
        }

        var third = owners.First(owner => owner != payer && owner != payee);
        if (isForMany)
        {
            operation++;
            if (await PayAsync(third) is not null)
            {
                await ReadAsync(payee, $"{Collections}/{id}", Expected.Answer(200, ("status", "paid"), ("paid.amount.amount", 2 * amount)));
            }
        }
        else if (!third.Wallet.IsFrozen)
        {
            await PayAgainAsync(third);
        }

        Task<string?> PayAsync(Owner who) => SpendAsync("collection", who, new Payee(payee.Wallet.WalletId, payee), path, Paying, Spend.Collection, amount);

        Task<SoakAnswer> PayAgainAsync(Owner who)
        {
            operation++;
            return DoAsync("collection", who, path, Paying(null), Expected.Refusal("collection_paid", 409));
        }
    }

    /// <summary>A collection whose time is over, which nobody can pay any more.</summary>
    private async Task PayLateAsync()
    {
        var at = unpaid.FindIndex(collection => collection.OverBy <= round.Now);
        var payer = at < 0 ? null : owners.FirstOrDefault(owner => owner != unpaid[at].Payee && !owner.Wallet.IsFrozen);
        if (payer is not null)
        {
            await DoAsync("collection", payer, unpaid[at].Path, Paying(null), Expected.Refusal("collection_expired"));
            unpaid.RemoveAt(at);
        }
    }

    private static object Paying(object? confirm) => confirm is null ? new { } : new { confirm };

    /// <summary>A merchant is paid; the same order is not paid twice.</summary>
    private async Task PayMerchantAsync(Owner payer)
    {
        var index = random.Next(2);
        var merchant = round.People.GetProperty("merchants")[index];
        var amount = Amount(payer);
        var (merchantId, wallet) = (merchant.GetProperty("merchantId").GetString()!, merchant.GetProperty("walletId").GetString()!);
        var orderId = $"{name}-{operation}";
        object Body(object? confirm) => confirm is null
            ? new { merchantId, orderId, amount = Yuan(amount), description = "soak" }
            : new { merchantId, orderId, amount = Yuan(amount), description = "soak", confirm };
        if (await SpendAsync("payment", payer, new Payee(wallet, null), "v1/payments", Body, Spend.Payment, amount) is not { } paid)
        {
            return;
        }

        switch (random.Next(4))
        {
            case 0:
                operation++;
                await DoAsync("payment", payer, "v1/payments", Body(null), Expected.Refusal("order_paid", 409));
                break;
            case 1 or 2:
                await RefundAsync(payer, index, paid, amount);
                break;
            default:
                break;
        }
    }

    /// <summary>A telephone bill; nobody pays it twice.</summary>
    private async Task PayBillAsync(Owner payer)
    {
        var biller = (await payer.Caller.ListAsync("v1/billers")).First(item => item.GetProperty("kind").GetString() == "phone").GetProperty("billerId").GetString()!;
        var amount = Math.Min(Amount(payer), 50_000);
        // No more than six exact clients: those that begin with 19 are the shared clients'.
        var billNumber = $"1{name[^1]}{operation:D9}";
        object Body(object? confirm) => confirm is null
            ? new { billerId = biller, billNumber, amount = Yuan(amount) }
            : new { billerId = biller, billNumber, amount = Yuan(amount), confirm };
        if (await SpendAsync("bill", payer, new Payee(biller, null), "v1/bills", Body, Spend.Bill, amount) is not null)
        {
            operation++;
            await DoAsync("bill", payer, "v1/bills", Body(null), Expected.Refusal("bill_paid", 409));
        }
    }

    /// <summary>Staff takes an earlier transfer back, once, if the payee still has the money.</summary>
    private async Task ReverseAsync()
    {
        if (sent.Count == 0)
        {
            return;
        }

        var (payer, payee, id, amount) = TakeSent();
        var path = $"v1/transactions/{id}/reversals";
        var body = SoakCaller.Json(new { walletId = payer.Wallet.WalletId, reason = "soak" });
        var isShort = payee.Wallet.Available < amount;
        var expected = isShort ? Expected.Refusal("payee_short_of_money") : Expected.Answer(201, ("status", "completed"), ("amount.amount", amount), ("reverses", id));
        var answer = await StaffAsync(path, body, $"{name}-{operation}", expected);
        if (!isShort)
        {
            Return("reversal", payer, payee, id, answer.Member("reversalId")!, amount);
            await StaffAsync(path, body, $"{name}-{operation}-again", Expected.Refusal("already_reversed", 409));
        }
    }

    /// <summary>The payer asks for a mistaken transfer back, and the payee agrees or not.</summary>
    private async Task RecallAsync()
    {
        var at = sent.FindIndex(move => !move.Payer.Wallet.IsFrozen && !move.Payee.Wallet.IsFrozen && move.Payee.Wallet.Available >= move.Amount);
        if (at < 0)
        {
            return;
        }

        var (payer, payee, id, amount) = sent[at];
        sent.RemoveAt(at);
        await DoAsync("recall", payer, $"v1/transfers/{id}/recall", new { reason = "soak" }, Expected.Answer(201));
        operation++;
        var agree = random.Next(2) == 0;
        var answer = await DoAsync("recall", payee, $"v1/transfers/{id}/recall/decision", new { agree }, Expected.Answer(200));
        if (agree)
        {
            Return("recall", payer, payee, id, answer.Member("returnedBy")!, amount);
        }
    }

    private (Owner Payer, Owner Payee, string Id, long Amount) TakeSent()
    {
        var taken = sent[random.Next(sent.Count)];
        sent.Remove(taken);
        return taken;
    }

    private static void Return(string kind, Owner payer, Owner payee, string original, string id, long amount)
    {
        foreach (var line in payer.Wallet.Lines.Concat(payee.Wallet.Lines).Where(line => line.Id == original))
        {
            line.Status = "reversed";
        }

        payee.Wallet.Move(id, kind, -amount);
        payer.Wallet.Move(id, kind, amount);
    }

    private async Task<SoakAnswer> StaffAsync(string path, string body, string key, Expected expected)
    {
        var answer = await round.Supervisor.AskAsync("POST", path, body, key);
        round.Report.Add("reversal", answer.Code);
        return expected.Compare(answer) is { } wrong ? throw Failure("reversal", $"POST {path} {body} (key {key})", wrong, expected.ToString(), answer) : answer;
    }
}
