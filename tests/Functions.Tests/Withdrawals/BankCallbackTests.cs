using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.Domain.Withdrawals;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>What the bank says of a payout: in any order, more than once, long after the end, or not the bank at all.</summary>
public sealed class BankCallbackTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private readonly BankSide bank = stage.Bank;
    private Customer customer = null!;
    private long before;

    public async Task InitializeAsync() => (customer, before) = await stage.BeginAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_payout_returned_after_it_settled_puts_the_money_back_once()
    {
        await bank.BehaveAsync("settle", 0);
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "settled");
        var payout = await bank.PayoutAsync(id);
        await bank.AdvanceAsync(TimeSpan.FromDays(2));

        (await bank.DecideAsync(payout, "return")).Expect(HttpStatusCode.OK);
        (await customer.UntilAsync(id, "returned")).Steps().ShouldBe(["reserved", "submitted", "settled", "returned"]);
        (await bank.CallBackAsync(payout, "returned")).ShouldBe(HttpStatusCode.OK);
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task A_return_that_overtakes_the_settlement_ends_returned()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        (await bank.CallBackAsync(await bank.PayoutAsync(id), "returned")).ShouldBe(HttpStatusCode.OK);
        await customer.UntilAsync(id, "returned");
        (await customer.WalletAsync()).ShouldBe((before, 0));
    }

    [Fact]
    public async Task Money_that_comes_back_is_not_refused_for_the_words_beside_it()
    {
        await bank.BehaveAsync("settle", 0);
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "settled");
        var payout = await bank.PayoutAsync(id);
        var words = string.Concat("line\n", new string('长', BankWord.MaxReason), "\U0001F3E6");
        (await bank.CallBackAsync(payout, "", body: new JsonObject { ["payoutId"] = payout, ["outcome"] = "returned", ["reason"] = words }.ToJsonString())).ShouldBe(HttpStatusCode.OK);
        await customer.UntilAsync(id, "returned");
        (await customer.WalletAsync()).ShouldBe((before, 0));
        (await bank.CallBackAsync(payout, "", body: new JsonObject { ["payoutId"] = payout, ["outcome"] = "returned", ["reason"] = 5 }.ToJsonString())).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Repeated_and_contradicting_callbacks_have_no_effect()
    {
        var id = await customer.WithdrawAsync(10_00);
        await customer.UntilAsync(id, "submitted");
        var payout = await bank.PayoutAsync(id);
        (await bank.CallBackAsync(payout, "settled", "m1")).ShouldBe(HttpStatusCode.OK);
        (await bank.CallBackAsync(payout, "settled", "m1")).ShouldBe(HttpStatusCode.OK);
        (await bank.CallBackAsync(payout, "rejected", "m2")).ShouldBe(HttpStatusCode.OK);
        await customer.UntilAsync(id, "settled");
        (await bank.CallBackAsync(payout, "settled", "m3")).ShouldBe(HttpStatusCode.OK);
        (await bank.CallBackAsync(payout, "rejected", "m4")).ShouldBe(HttpStatusCode.OK);
        (await bank.CallBackAsync(payout, "returned", "m1")).ShouldBe(HttpStatusCode.OK);
        (await customer.ReadAsync(id)).Steps().ShouldBe(["reserved", "submitted", "settled"]);
        (await customer.WalletAsync()).ShouldBe((before - 10_00, 0));
    }

    [Fact]
    public async Task Forged_stale_and_malformed_callbacks_leave_nothing_behind()
    {
        var id = await customer.WithdrawAsync(10_00);
        var submitted = await customer.UntilAsync(id, "submitted");
        var payout = await bank.PayoutAsync(id);
        (await bank.CallBackAsync(payout, "settled", forged: true)).ShouldBe(HttpStatusCode.Unauthorized);
        (await bank.CallBackAsync(payout, "settled", age: TimeSpan.FromMinutes(6))).ShouldBe(HttpStatusCode.Unauthorized);
        (await bank.CallBackAsync(payout, "settled", age: TimeSpan.FromMinutes(-6))).ShouldBe(HttpStatusCode.Unauthorized);
        (await bank.CallBackAsync(payout, "settled", new string('x', 200))).ShouldBe(HttpStatusCode.Unauthorized);
        (await bank.CallBackAsync("po_unknown", "settled")).ShouldBe(HttpStatusCode.NotFound);
        (await bank.CallBackAsync("../#?/\\", "settled")).ShouldBe(HttpStatusCode.NotFound);
        (await bank.CallBackAsync(payout, "paid")).ShouldBe(HttpStatusCode.BadRequest);
        (await bank.CallBackAsync(payout, "", body: "{")).ShouldBe(HttpStatusCode.BadRequest);
        (await customer.ReadAsync(id)).ToJsonString().ShouldBe(submitted.ToJsonString());
    }
}
