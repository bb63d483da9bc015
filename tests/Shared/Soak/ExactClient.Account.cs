using System.Text.Json;

namespace WalletFunctions.Soak;

/// <content>What it does about its accounts and keys.</content>
internal sealed partial class ExactClient
{
    private Owner? frozen;

    /// <summary>Own limits, lower or higher, or none.</summary>
    private async Task OwnLimitsAsync(Owner owner)
    {
        var (perTransaction, daily) = ((long?)null, (long?)null);
        if (random.Next(3) > 0)
        {
            (perTransaction, daily) = (random.Next(1_000, 3_000_000), random.Next(100_000, 8_000_000));
        }

        owner.Caller.Must(await owner.Caller.AskAsync("PATCH", "v1/me", SoakCaller.Json(new
        {
            ownLimits = new { perTransaction = Limit(perTransaction), daily = Limit(daily) },
            confirm = new { paymentPassword = PaymentPassword },
        })), 200);
        (owner.Wallet.OwnPerTransaction, owner.Wallet.OwnDaily) = (perTransaction, daily);
        round.Report.Add("own limits", null);

        static object? Limit(long? fen) => fen is { } some ? Yuan(some) : null;
    }

    /// <summary>Frozen by its owner; only staff lets money move again.</summary>
    private async Task FreezeAsync(Owner owner)
    {
        if (owner.Wallet.IsFrozen)
        {
            await StaffAsync(owner, "unfreeze", new { reason = "soak" });
            (owner.Wallet.IsFrozen, frozen) = (false, null);
            return;
        }

        if (frozen is { } other)
        {
            // One at a time, and not for long: a frozen wallet has little to show.
            await FreezeAsync(other);
            return;
        }

        await DoAsync("freeze", owner, "v1/me/freeze", null, Expected.Answer(200, ("status", "frozen")));
        (owner.Wallet.IsFrozen, frozen) = (true, owner);
    }

    private async Task StaffAsync(Owner owner, string act, object body)
    {
        round.Supervisor.Must(await round.Supervisor.AskAsync("POST", $"v1/admin/accounts/{owner.AccountId}/{act}", SoakCaller.Json(body), $"{name}-{owner.AccountId}-{operation}-{act}"), 200);
        round.Report.Add(act, null);
    }

    /// <summary>Another telephone in the same hand.</summary>
    private Task ChangeDeviceAsync(Owner owner)
    {
        owner.Device = $"{owner.Caller.Name}-{random.Next(4)}";
        return TransferAsync(owner);
    }

    /// <summary>A key that has an answer already, with another body: refused, and the first answer stays.</summary>
    private Task ReuseKeyAsync(Owner owner)
    {
        var (keeper, path, _, key, _) = kept.Find(earlier => earlier is { Owner: var who, Path: "v1/topups" } && who == owner);
        return keeper is null
            ? CheckWalletAsync(owner)
            : ReuseAsync();

        async Task ReuseAsync()
        {
            var answer = await owner.Caller.AskAsync("POST", path, SoakCaller.Json(new { amount = Yuan(999_999_999), channel = "sandbox" }), key);
            var expected = Expected.Refusal("idempotency_key_reused");
            if (expected.Compare(answer) is { } wrong)
            {
                throw Failure("reuse", $"POST {path} with the key {key} of another body", wrong, expected.ToString(), answer);
            }

            round.Report.Add("reuse", answer.Code);
        }
    }

    /// <summary>What became of a key.</summary>
    private async Task LookUpAsync()
    {
        if (kept.Count > 0)
        {
            var (owner, path, _, key, text) = kept[random.Next(kept.Count)];
            var answer = await ReadAsync(owner, $"v1/idempotency?route={Uri.EscapeDataString("POST /" + path)}&key={key}", Expected.Answer(200, ("state", "done")));
            if (!JsonElement.DeepEquals(answer.Json.GetProperty("body"), JsonElement.Parse(text)))
            {
                throw Failure("look-up", $"the key {key} of {path}", "another answer", text, answer);
            }
        }
    }
}
