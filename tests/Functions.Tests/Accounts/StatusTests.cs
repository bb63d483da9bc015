using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Accounts;

/// <summary>Freezing, unfreezing, unlocking, classes: over HTTP, by customers and staff.</summary>
public sealed class StatusTests
{
    private const string Password = "Wallet-demo-2026";

    private static readonly Lazy<Task<TestApp>> App = new(async () =>
    {
        var app = await TestApp.StartAsync();
        (await app.Anonymous.PostAsync("sandbox/seed", new { customers = 9 }, key: null)).Must(HttpStatusCode.OK);
        return app;
    });

    [Fact]
    public async Task A_customer_freezes_at_once_and_still_reads_signs_in_and_is_paid()
    {
        var app = await App.Value;
        var (customer, account) = await CustomerAsync(app, 1);
        var (payee, _) = await CustomerAsync(app, 2);
        var frozen = (await customer.PostAsync("v1/me/freeze", new { reason = "手机丢了" }, "freeze-1")).Must(HttpStatusCode.OK);
        (frozen.Text("accountId"), frozen.Text("status")).ShouldBe((account, "frozen"));
        (await customer.PostAsync("v1/me/freeze", new { reason = "手机丢了" }, "freeze-1")).Must(HttpStatusCode.OK).Header("Idempotent-Replayed").ShouldBe("true");

        var chinese = (await customer.PostAsync("v1/transfers", Transfer(2, 100))).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
        var english = (await customer.SendAsync(HttpMethod.Post, "v1/transfers", Transfer(2, 100), Guid.NewGuid().ToString(), ("Accept-Language", "en"))).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
        english.Text("detail").ShouldNotBe(chinese.Text("detail"));

        (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("status").ShouldBe("frozen");
        (await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("status").ShouldBe("frozen");
        foreach (var route in new[] { "v1/transactions", "v1/me/sessions", "v1/me/bank-cards", "v1/withdrawals" })
        {
            (await customer.GetAsync(route)).Must(HttpStatusCode.OK);
        }

        (await app.SignInAsync(PhoneOf(1), Password)).Dispose();
        (await payee.PostAsync("v1/transfers", Transfer(1, 100))).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Only_staff_unfreezes_and_money_moves_again_at_once()
    {
        var app = await App.Value;
        var (customer, account) = await CustomerAsync(app, 3);
        using var supervisor = await app.SupervisorAsync();
        using var admin = await app.AdminAsync();
        (await customer.PostAsync("v1/me/unfreeze-requests", new { })).MustRefuse(HttpStatusCode.Conflict, "account_not_frozen");
        (await customer.PostAsync("v1/me/freeze", new { })).Must(HttpStatusCode.OK);
        (await admin.PostAsync($"v1/admin/accounts/{account}/freeze", new { reason = "举报" })).Must(HttpStatusCode.OK).Text("status").ShouldBe("frozen");

        var asked = (await customer.PostAsync("v1/me/unfreeze-requests", new { reason = "手机找到了" })).Must(HttpStatusCode.Accepted);
        var conversation = asked.Text("conversationId");
        (await customer.PostAsync("v1/me/unfreeze-requests", new { })).Must(HttpStatusCode.Accepted).Text("conversationId").ShouldBe(conversation);
        (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("unfreezeRequestedAt").ShouldNotBeNullOrEmpty();
        using var agent = await app.AgentAsync();
        (await agent.GetAsync($"v1/inbox/conversations/{conversation}")).Must(HttpStatusCode.OK).Body.ShouldContain("手机找到了");

        // One unfreezing ends both freezes.
        var active = (await supervisor.PostAsync($"v1/admin/accounts/{account}/unfreeze", new { reason = "已核实本人" }, "unfreeze-1")).Must(HttpStatusCode.OK);
        active.Text("status").ShouldBe("active");
        (await customer.PostAsync("v1/transfers", Transfer(2, 100))).Must(HttpStatusCode.Created);
        var me = (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        me.Text("status").ShouldBe("active");
        me.Json.TryGetProperty("unfreezeRequestedAt", out _).ShouldBeFalse();

        // Frozen anew, the old request's repeat unfreezes nothing.
        (await customer.PostAsync("v1/me/freeze", new { })).Must(HttpStatusCode.OK);
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/unfreeze", new { reason = "已核实本人" }, "unfreeze-1")).Must(HttpStatusCode.OK).Header("Idempotent-Replayed").ShouldBe("true");
        (await customer.GetAsync("v1/wallet")).Text("status").ShouldBe("frozen");

        var acts = (await admin.GetAsync($"v1/admin/audit?subject={account}")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("action").GetString()).ToList();
        acts.ShouldBe(["account.unfreeze", "account.freeze"]);
    }

    [Fact]
    public async Task After_a_freeze_is_answered_no_debit_is_newer_on_any_host()
    {
        var app = await App.Value;
        await using var other = await TestApp.StartAsync(connectionString: app.ConnectionString);
        var (customer, _) = await CustomerAsync(app, 4);
        using var there = new TestClient(other.Address, customer.Token);
        var transfers = Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? customer : there).PostAsync("v1/transfers", Transfer(2, 10))).ToList();
        await Task.WhenAny(transfers);
        (await there.PostAsync("v1/me/freeze", new { })).Must(HttpStatusCode.OK);
        var left = (await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount");

        var answers = await Task.WhenAll(transfers);
        (await customer.GetAsync("v1/wallet")).Text("available.amount").ShouldBe(left);
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Created || answer.Code == "account_frozen");
        answers.Count(answer => answer.Status == HttpStatusCode.Created).ShouldBeGreaterThan(0);
        (1_000_000 - (10 * answers.Count(answer => answer.Status == HttpStatusCode.Created))).ToString().ShouldBe(left);
        (await there.PostAsync("v1/transfers", Transfer(2, 10))).MustRefuse(HttpStatusCode.UnprocessableEntity, "account_frozen");
    }

    [Fact]
    public async Task A_profile_follows_its_book_whatever_died_in_between()
    {
        var app = await App.Value;
        var (customer, account) = await CustomerAsync(app, 5);
        var wallet = WalletId.Of((await customer.GetAsync("v1/wallet")).Text("walletId"));
        var statuses = app.Services.GetRequiredService<AccountStatuses>();
        var ledger = app.Services.GetRequiredService<Ledger>();

        // The host died after the book, before the profile.
        (await ledger.ExecuteAsync(wallet, new BookCommand("sts_dies:0", new BookMove.Freeze(FreezeSource.Rule)), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        (await ProfileAsync()).ShouldBe(AccountStatus.Active);
        (await customer.GetAsync("v1/me")).Text("status").ShouldBe("frozen");
        (await ((IIntentSweeper)statuses).SweepAsync(new Intent("account_status", "sts_dies", wallet), CancellationToken.None)).ShouldBeTrue();
        (await ProfileAsync()).ShouldBe(AccountStatus.Frozen);

        await Task.WhenAll(
            statuses.UnfreezeAsync(wallet, [1], CancellationToken.None),
            statuses.FollowAsync(wallet, CancellationToken.None),
            statuses.FollowAsync(wallet, CancellationToken.None));
        (await ProfileAsync()).ShouldBe(AccountStatus.Active);

        async Task<AccountStatus> ProfileAsync() =>
            (await app.Services.GetRequiredService<AccountDirectory>().FindAsync(AccountId.Of(account), CancellationToken.None))!.Status;
    }

    [Fact]
    public async Task Nobody_is_told_of_an_unfreezing_that_broke_off_until_it_is_true()
    {
        var app = await App.Value;
        var (customer, _) = await CustomerAsync(app, 9);
        var wallet = WalletId.Of((await customer.GetAsync("v1/wallet")).Text("walletId"));
        var (statuses, ledger) = (app.Services.GetRequiredService<AccountStatuses>(), app.Services.GetRequiredService<Ledger>());
        await statuses.FreezeAsync(wallet, FreezeSource.Staff, [9], CancellationToken.None);

        // The host died after the first of the freezes, and staff's is another.
        await UnfreezeAsync(0, FreezeSource.Customer);
        await SweepAsync();
        (await TitlesAsync()).ShouldBe(["账户已冻结"]);
        await UnfreezeAsync(1, FreezeSource.Rule);
        await UnfreezeAsync(2, FreezeSource.Staff);
        await SweepAsync();
        (await TitlesAsync()).ShouldBe(["账户已解冻", "账户已冻结"]);

        async Task UnfreezeAsync(int step, FreezeSource source) =>
            (await ledger.ExecuteAsync(wallet, new BookCommand($"sts_broken:{step}", new BookMove.Unfreeze(source)), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        async Task SweepAsync() =>
            (await ((IIntentSweeper)statuses).SweepAsync(new Intent("account_status", "sts_broken", wallet) { Note = "Thawed" }, CancellationToken.None)).ShouldBeTrue();
        async Task<IReadOnlyList<string>> TitlesAsync() =>
            [.. (await customer.GetAsync("v1/me/notifications")).Must(HttpStatusCode.OK).Items().Select(item => item.GetProperty("title").GetString()!).Where(title => title.Contains('冻', StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Staff_unlocks_who_is_kept_out()
    {
        var app = await App.Value;
        var (customer, account) = await CustomerAsync(app, 6);
        using var supervisor = await app.SupervisorAsync();
        for (var i = 0; i < 5; i++)
        {
            await app.Anonymous.PostAsync("v1/tokens", new { grant = "password", phone = PhoneOf(6), password = "wrong" }, key: null);
            await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = "wrong" });
        }

        (await app.Anonymous.PostAsync("v1/tokens", new { grant = "password", phone = PhoneOf(6), password = Password }, key: null)).MustRefuse(HttpStatusCode.Locked, "account_locked");
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = Password })).MustRefuse(HttpStatusCode.Locked, "confirmation_locked");
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/unlock", new { reason = "已核实本人" })).Must(HttpStatusCode.OK);
        (await app.Anonymous.PostAsync("v1/tokens", new { grant = "password", phone = PhoneOf(6), password = Password }, key: null)).Must(HttpStatusCode.OK);
        (await customer.PutAsync("v1/me/payment-password", new { paymentPassword = "135790", password = Password })).Must(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_class_is_set_by_staff_and_counts_at_once()
    {
        var app = await App.Value;
        var (customer, account) = await CustomerAsync(app, 7);
        using var supervisor = await app.SupervisorAsync();
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/class", new { @class = "I", reason = "降级" })).Must(HttpStatusCode.OK).Text("class").ShouldBe("I");
        (await customer.GetAsync("v1/me")).Text("class").ShouldBe("I");
        (await customer.PostAsync("v1/transfers", Transfer(2, 100_001))).MustRefuse(HttpStatusCode.UnprocessableEntity, "limit_per_transaction");
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/class", new { @class = "IV", reason = "x" })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await supervisor.PostAsync($"v1/admin/accounts/{account}/class", new { @class = "I" })).MustRefuse(HttpStatusCode.BadRequest, "required");
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("unfreeze")]
    [InlineData("unlock")]
    public async Task Only_accounts_with_a_wallet_are_there(string verb)
    {
        var app = await App.Value;
        using var supervisor = await app.SupervisorAsync();
        using var agent = await app.AgentAsync();
        var staff = (await agent.GetAsync("v1/me")).Text("accountId");
        foreach (var id in new[] { staff, "acc_00000000000000000000000000", "x" })
        {
            (await supervisor.PostAsync($"v1/admin/accounts/{id}/{verb}", new { reason = "x" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task Own_limits_are_lowered_at_once_and_raised_with_a_confirmation()
    {
        var app = await App.Value;
        var (customer, _) = await CustomerAsync(app, 8);
        (await customer.PatchAsync("v1/me", new { ownLimits = new { perTransaction = Yuan(100), daily = Yuan(250) } })).Must(HttpStatusCode.OK).Text("ownLimits.perTransaction.amount").ShouldBe("100");
        (await customer.PostAsync("v1/transfers", Transfer(2, 101))).MustRefuse(HttpStatusCode.UnprocessableEntity, "own_limit");
        (await customer.PostAsync("v1/transfers", Transfer(2, 100))).Must(HttpStatusCode.Created);

        var raise = new { ownLimits = new { perTransaction = Yuan(500) } };
        var asked = (await customer.PatchAsync("v1/me", raise)).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        var (challengeId, otp) = (asked.Text("challengeId"), await Codes.NewestAsync(app, PhoneOf(8)));
        (await customer.PatchAsync("v1/me", new { raise.ownLimits, confirm = new { challengeId, otp = Codes.Other(otp) } })).MustRefuse(HttpStatusCode.Forbidden, "otp_wrong");
        (await customer.GetAsync("v1/me")).Text("ownLimits.perTransaction.amount").ShouldBe("100");
        var raised = (await customer.PatchAsync("v1/me", new { raise.ownLimits, confirm = new { challengeId, otp } })).Must(HttpStatusCode.OK);
        (raised.Text("ownLimits.perTransaction.amount"), raised.Text("ownLimits.daily.amount")).ShouldBe(("500", "250"));

        // A code confirms one change: the same again after lowering needs another.
        (await customer.PatchAsync("v1/me", new { ownLimits = new { perTransaction = Yuan(10) } })).Must(HttpStatusCode.OK);
        (await customer.PatchAsync("v1/me", new { raise.ownLimits, confirm = new { challengeId, otp } })).MustRefuse(HttpStatusCode.Forbidden, "otp_expired");

        // Lifting is raising.
        (await customer.PatchAsync("v1/me", """{"ownLimits":{"daily":null}}""")).MustRefuse(HttpStatusCode.Forbidden, "confirmation_required");
        (await customer.PatchAsync("v1/me", new { ownLimits = new { daily = Yuan(0) } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_amount");
    }

    [Fact]
    public async Task A_profile_changes_only_as_it_was_read()
    {
        var app = await App.Value;
        var (customer, _) = await CustomerAsync(app, 2);
        var read = (await customer.GetAsync("v1/me")).Must(HttpStatusCode.OK);
        var changed = (await customer.PatchAsync("v1/me", new { displayName = "小雨" }, read.Header("ETag"))).Must(HttpStatusCode.OK);
        changed.Text("displayName").ShouldBe("小雨");
        (await customer.PatchAsync("v1/me", new { displayName = "小云" }, read.Header("ETag"))).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await customer.PatchAsync("v1/me", new { displayName = "小云" }, changed.Header("ETag"))).Must(HttpStatusCode.OK);
        using var agent = await app.AgentAsync();
        (await agent.PatchAsync("v1/me", new { ownLimits = new { daily = Yuan(1) } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await agent.GetAsync("v1/me")).Must(HttpStatusCode.OK).Json.TryGetProperty("ownLimits", out _).ShouldBeFalse();
    }

    private static object Yuan(long amount) => new { amount, currency = "CNY" };

    private static object Transfer(int to, long amount) => new { to = new { phone = PhoneOf(to) }, amount = Yuan(amount) };

    private static string PhoneOf(int index) => $"1380{index:D7}";

    private static async Task<(TestClient Client, string AccountId)> CustomerAsync(TestApp app, int index)
    {
        var client = await app.SignInAsync(PhoneOf(index), Password);
        return (client, (await client.GetAsync("v1/me")).Must(HttpStatusCode.OK).Text("accountId"));
    }
}
