namespace WalletFunctions.Soak;

/// <content>Payments that go back.</content>
internal sealed partial class ExactClient
{
    /// <summary>A lost doorbell is rung by the sweep, and another host takes the orchestrations of a killed one over.</summary>
    private static readonly TimeSpan RefundPatience = TimeSpan.FromMinutes(3);

    /// <summary>A payment is asked back in parts, never more than it was; the merchant agrees or not, or the customer gives up.</summary>
    private async Task RefundAsync(Owner payer, int merchant, string transaction, long amount)
    {
        var payment = "pay_" + transaction["txn_".Length..];
        var left = amount;
        for (var parts = random.Next(1, 4); parts > 0 && left > 0; parts--)
        {
            var part = parts == 1 ? left : random.NextInt64(1, left + 1);
            operation++;
            var asked = await DoAsync("refund", payer, "v1/refunds", Wish(part), Expected.Answer(202, ("status", "requested")));
            operation++;
            await DoAsync("refund", payer, "v1/refunds", Wish(left - part + 1), Expected.Refusal("refund_exceeds_payment"));
            var path = "v1/refunds/" + asked.Member("refundId");
            await UntilStatusAsync(payer, path, "with_merchant", RefundPatience);
            operation++;
            switch (random.Next(4))
            {
                case 0:
                    await DoAsync("refund", payer, path + "/withdraw", null, Expected.Answer(200, ("status", "withdrawn")));
                    break;
                case 1:
                    await DecideAsync("deny", "denied");
                    break;
                default:
                    await DecideAsync("approve", "approved");
                    await UntilStatusAsync(payer, path, "refunded", RefundPatience);
                    payer.Wallet.Move((await payer.Caller.ReadAsync(path)).Member("transactionId")!, "refund", part);
                    left -= part;
                    break;
            }

            async Task DecideAsync(string decision, string status)
            {
                var body = SoakCaller.Json(new { decision, reason = "soak" });
                var answer = await round.Merchants[merchant].AskAsync("POST", path + "/decision", body, $"{name}-{operation}");
                if (Expected.Answer(200, ("status", status)).Compare(answer) is { } wrong)
                {
                    throw Failure("refund", $"POST {path}/decision {body}", wrong, status, answer);
                }
            }
        }

        await ReadAsync(payer, "v1/payments/" + payment, Expected.Answer(200,
            ("refundable.amount", left), ("refunded.amount", left == amount ? null : amount - left)));

        object Wish(long fen) => new { paymentId = payment, amount = Yuan(fen), reason = "other" };
    }
}
