using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.TopUps;

/// <summary>Payments whose money comes from a card.</summary>
public sealed class FundingTests(TopUpStage stage) : IClassFixture<TopUpStage>, IAsyncLifetime
{
    private readonly AcquirerSide acquirer = stage.Acquirer;
    private Cardholder payer = null!;
    private Cardholder payee = null!;
    private long before;
    private long beforePayee;
    private int charges;

    public async Task InitializeAsync()
    {
        await acquirer.BehaveAsync("settle");
        (payer, payee) = (await stage.NextCustomerAsync(), await stage.NextCustomerAsync());
        (before, beforePayee) = (await payer.AvailableAsync(), await payee.AvailableAsync());
        charges = await acquirer.CountAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_transfer_from_the_card_charges_it_once_and_leaves_the_balance_alone()
    {
        var first = (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Must(HttpStatusCode.Created);
        first.Text("status").ShouldBe("completed");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Body.ShouldBe(first.Body);
        await ShouldStandAsync(0, 30_00, 1);
        var topUp = (await payer.TopUpsAsync()).ShouldHaveSingleItem();
        topUp.GetProperty("paysFor").GetString().ShouldBe(first.Text("transactionId"));
        topUp.GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task More_than_the_balance_can_be_paid_from_the_card()
    {
        await KeepOnlyAsync(1_00);
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Must(HttpStatusCode.Created);
        await ShouldStandAsync(1_00 - before, 30_00, 1);
    }

    [Theory]
    [InlineData("card_declined", "declined", "拒绝")]
    [InlineData("card_insufficient_funds", "money on the card", "余额不足")]
    [InlineData("card_details_outdated", "out of date", "过期")]
    public async Task A_card_that_refuses_refuses_the_transfer_for_good_and_moves_nothing(string code, string english, string chinese)
    {
        await acquirer.BehaveAsync("reject", reason: code);
        var refused = (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.UnprocessableEntity, code);
        refused.Text("detail").ShouldContain(english);
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k2", "zh-CN")).MustRefuse(HttpStatusCode.UnprocessableEntity, code).Text("detail").ShouldContain(chinese);
        await acquirer.BehaveAsync("settle");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Body.ShouldBe(refused.Body);
        await ShouldStandAsync(0, 0, 2);
    }

    [Fact]
    public async Task While_the_channel_is_down_nothing_moves_and_the_same_key_pays_later()
    {
        await acquirer.BehaveAsync("down");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        await ShouldStandAsync(0, 0, 0);
        await acquirer.BehaveAsync("settle");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Must(HttpStatusCode.Created);
        await ShouldStandAsync(0, 30_00, 1);
    }

    [Fact]
    public async Task While_the_card_has_not_answered_the_same_key_goes_on_with_the_same_charge()
    {
        await acquirer.BehaveAsync("silent");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        var id = (await payer.TopUpsAsync()).ShouldHaveSingleItem().GetProperty("topupId").GetString()!;
        (await acquirer.DecideAsync(id, "settle")).Must(HttpStatusCode.OK);
        await payer.UntilAsync(id, "succeeded");
        await ShouldStandAsync(30_00, 0, 1);
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Must(HttpStatusCode.Created);
        await ShouldStandAsync(0, 30_00, 1);
    }

    [Fact]
    public async Task A_transfer_that_would_be_refused_charges_nothing()
    {
        (await payer.SendFromCardAsync(payer.Wallet, 30_00, "self")).MustRefuse(HttpStatusCode.UnprocessableEntity, "payee_is_self");
        (await payer.SendFromCardAsync(payee.Wallet, 60_000_00, "limit")).MustRefuse(HttpStatusCode.UnprocessableEntity, "limit_per_transaction");
        await ShouldStandAsync(0, 0, 0);
    }

    [Fact]
    public async Task A_transfer_refused_after_the_charge_leaves_the_money_in_the_balance_and_says_so()
    {
        await acquirer.BehaveAsync("silent");
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        var id = (await payer.TopUpsAsync()).ShouldHaveSingleItem().GetProperty("topupId").GetString()!;
        (await acquirer.DecideAsync(id, "settle")).Must(HttpStatusCode.OK);
        await payer.UntilAsync(id, "succeeded");
        await KeepOnlyAsync(10_00);
        var refused = (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).MustRefuse(HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        refused.Text("detail").ShouldContain("The card was charged");
        refused.Text("topupId").ShouldBe(id);
        (await payer.SendFromCardAsync(payee.Wallet, 30_00, "k")).Body.ShouldBe(refused.Body);
        await ShouldStandAsync(10_00 - before, 0, 1);
    }

    [Theory]
    [InlineData(true, "The card was charged")]
    [InlineData(false, "answer is not known yet")]
    public async Task A_collection_that_ends_while_its_payers_card_is_charged_says_where_the_money_is(bool isCharged, string where)
    {
        await acquirer.BehaveAsync("silent");
        var collection = (await payee.Client.PostAsync("v1/collections", new { amount = new { amount = 30_00, currency = "CNY" } })).Must(HttpStatusCode.Created).Text("collectionId");
        (await PayAsync()).MustRefuse(HttpStatusCode.ServiceUnavailable, "channel_unavailable");
        var id = (await payer.TopUpsAsync()).ShouldHaveSingleItem().GetProperty("topupId").GetString()!;
        if (isCharged)
        {
            (await acquirer.DecideAsync(id, "settle")).Must(HttpStatusCode.OK);
            await payer.UntilAsync(id, "succeeded");
        }

        (await payee.Client.PostAsync($"v1/collections/{collection}/cancel", new { })).Must(HttpStatusCode.OK);
        var refused = (await PayAsync()).MustRefuse(HttpStatusCode.Conflict, "collection_cancelled");
        refused.Text("detail").ShouldContain(where);
        refused.Text("topupId").ShouldBe(id);
        (await PayAsync()).Body.ShouldBe(refused.Body);
        await ShouldStandAsync(isCharged ? 30_00 : 0, 0, 1);

        Task<TestAnswer> PayAsync() =>
            payer.Client.SendAsync(HttpMethod.Post, $"v1/collections/{collection}/pay", new { source = "bank_card" }, "k", ("Accept-Language", "en"));
    }

    [Fact]
    public async Task Linking_a_top_up_with_its_payment_never_undoes_what_was_reported_of_it_meanwhile()
    {
        var id = TopUpId.Of((await payer.TopUpAsync(10_00, "k")).Must(HttpStatusCode.Created).Text("topupId"));
        var table = stage.Services.GetRequiredService<TopUpTable>();
        var read = await table.GetAsync(payer.Wallet, id, CancellationToken.None);
        var conversation = ConversationId.Of("cnv_00000000000000000000000001");
        await table.ReplaceAsync(read.TopUp with { LateConversationId = conversation }, read.ETag, CancellationToken.None);

        (await LinkAsync(read)).ShouldBeOfType<Outcome.Conflict>();
        (await LinkAsync(await table.GetAsync(payer.Wallet, id, CancellationToken.None))).ShouldBeOfType<Outcome.Committed>();
        var linked = (await table.GetAsync(payer.Wallet, id, CancellationToken.None)).TopUp;
        (linked.LateConversationId, linked.PaysFor).ShouldBe((conversation, "trf_x"));

        Task<Outcome> LinkAsync(StoredTopUp stored) => stage.Services.GetRequiredService<Ledger>().ExecuteAsync(
            payer.Wallet, new BookCommand($"{id}:linked", new BookMove.Touch()) { Companions = _ => [TopUpTable.Linking(stored, "trf_x")] }, CancellationToken.None);
    }

    [Fact]
    public async Task Many_requests_with_one_key_are_one_charge_and_one_transfer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => payer.SendFromCardAsync(payee.Wallet, 30_00, "k")));
        answers.Where(answer => answer.Code != "idempotency_key_in_flight").Select(answer => answer.Must(HttpStatusCode.Created).Body).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        await ShouldStandAsync(0, 30_00, 1);
    }

    /// <summary>Sets the payer's money aside, but for a little.</summary>
    private async Task KeepOnlyAsync(long fen)
    {
        var hold = new BookMove.PlaceHold(Money.Fen(await payer.AvailableAsync() - fen), null, SpendTerms.Free(OperationKind.Withdrawal));
        var outcome = await stage.Services.GetRequiredService<Ledger>().ExecuteAsync(payer.Wallet, new BookCommand("wdr_00000000000000000000000001", hold), CancellationToken.None);
        outcome.ShouldBeOfType<Outcome.Committed>();
    }

    /// <summary>What has come to payer and payee since the beginning, and how often a card was charged.</summary>
    private async Task ShouldStandAsync(long payerGained, long payeeGained, int charged)
    {
        (await payer.AvailableAsync()).ShouldBe(before + payerGained);
        (await payee.AvailableAsync()).ShouldBe(beforePayee + payeeGained);
        (await acquirer.CountAsync()).ShouldBe(charges + charged);
    }
}
