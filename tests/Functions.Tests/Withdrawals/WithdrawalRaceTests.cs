using System.Net;
using Shouldly;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>Orders, callbacks and cancellations that meet: whichever comes first, each withdrawal ends once and the money is right.</summary>
public sealed class WithdrawalRaceTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>
{
    private readonly BankSide bank = stage.Bank;

    [Fact]
    public async Task A_cancellation_that_races_the_order_either_keeps_it_from_the_bank_or_comes_too_late()
    {
        await bank.BehaveAsync("settle", 0);
        var customer = await stage.NextCustomerAsync();
        var (before, _) = await customer.WalletAsync();
        var paid = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 24), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, stop) =>
        {
            var id = await customer.WithdrawAsync(1_00);
            await Task.Delay(i % 6 * 15, stop);
            var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => customer.CancelAsync(id, $"{id}-{n}")));
            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK || answer.Code == "too_late_to_cancel");
            var isCancelled = answers.Any(answer => answer.Status == HttpStatusCode.OK);
            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.OK == isCancelled, "they all see the one end");
            await customer.UntilAsync(id, isCancelled ? "cancelled" : "settled");
            (await bank.PayoutsAsync(id)).Count.ShouldBe(isCancelled ? 0 : 1);
            Interlocked.Add(ref paid, isCancelled ? 0 : 1);
        });
        (await customer.WalletAsync()).ShouldBe((before - (paid * 1_00), 0));
    }

    [Fact]
    public async Task Of_many_contradicting_callbacks_at_once_one_counts_and_a_return_only_after_a_settlement()
    {
        await bank.BehaveAsync("silent");
        var customer = await stage.NextCustomerAsync();
        for (var round = 0; round < 4; round++)
        {
            var (available, _) = await customer.WalletAsync();
            var id = await customer.WithdrawAsync(10_00);
            await customer.UntilAsync(id, "submitted");
            var payout = await bank.PayoutAsync(id);
            string[] words = ["settled", "rejected", "returned"];
            var heard = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => bank.CallBackAsync(payout, words[i % (round % 2 == 0 ? 2 : 3)], $"m{i / 2}")));
            heard.ShouldAllBe(status => status == HttpStatusCode.OK);
            var ended = await customer.UntilAsync(id, "over", seen => seen["status"]!.GetValue<string>() is "settled" or "rejected" or "returned");
            if (round % 2 == 1 && ended["status"]!.GetValue<string>() == "settled")
            {
                ended = await customer.UntilAsync(id, "returned");
            }

            string.Join(' ', ended.Steps()).ShouldBeOneOf("reserved submitted settled", "reserved submitted rejected", "reserved submitted settled returned");
            (await customer.WalletAsync()).ShouldBe(ended["status"]!.GetValue<string>() == "settled" ? (available - 10_00, 0) : (available, 0));
        }
    }

    [Fact]
    public async Task A_callback_that_comes_before_the_answer_to_our_order_counts_and_the_answer_changes_nothing()
    {
        // In mode timeout the bank keeps our order waiting, and decides it at once: its callback is here first.
        await bank.BehaveAsync("timeout", 0);
        var customer = await stage.NextCustomerAsync();
        var (before, _) = await customer.WalletAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => customer.WithdrawAsync(5_00)));
        foreach (var id in ids)
        {
            (await customer.UntilAsync(id, "settled")).Steps().ShouldBe(["reserved", "submitted", "settled"]);
            (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        }

        (await customer.WalletAsync()).ShouldBe((before - (ids.Length * 5_00), 0));
    }

    [Fact]
    public async Task A_bank_that_fails_in_turns_pays_everybody_once()
    {
        var customer = await stage.NextCustomerAsync();
        var (before, _) = await customer.WalletAsync();
        var ids = new List<string>();
        foreach (var mode in new[] { "down", "timeout", "settle", "down", "timeout" })
        {
            await bank.BehaveAsync(mode, mode == "down" ? null : 0);
            ids.Add(await customer.WithdrawAsync(3_00));
            await customer.UntilAsync(ids[^1], "tried", seen => seen.Steps().Count >= 2);
        }

        await bank.BehaveAsync("settle", 0);
        await bank.AdvanceAsync(TimeSpan.FromMinutes(5));
        foreach (var id in ids)
        {
            await customer.UntilAsync(id, "settled");
            (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
        }

        (await customer.WalletAsync()).ShouldBe((before - (ids.Count * 3_00), 0));
    }
}
