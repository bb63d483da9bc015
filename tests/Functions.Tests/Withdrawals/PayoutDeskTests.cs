using System.Net;
using System.Text.Json;
using Functions.Tests.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Reviews;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.Wallet;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;
using WalletFunctions.Withdrawals.Bank;
using Xunit;

namespace Functions.Tests.Withdrawals;

/// <summary>Steps that meet: the same step twice at once, an end that comes between two writes, a start that was lost.</summary>
public sealed class PayoutDeskTests(WithdrawalFixture stage) : IClassFixture<WithdrawalFixture>, IAsyncLifetime
{
    private Customer customer = null!;

    private WithdrawalTable Table => stage.Services.GetRequiredService<WithdrawalTable>();

    private Ledger Ledger => stage.Services.GetRequiredService<Ledger>();

    private AccountId Owner => AccountId.Of((string)customer.Person["accountId"]!);

    private WalletId Wallet => WalletId.Of((string)customer.Person["walletId"]!);

    public async Task InitializeAsync()
    {
        await stage.Bank.BehaveAsync("silent");
        customer = await stage.NextCustomerAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_order_that_was_not_taken_is_not_handed_back_while_another_run_of_the_step_has_sent_it_too()
    {
        var withdrawal = await ReserveAsync();
        PayoutDesk desk = null!;
        var orders = 0;
        var bank = new ScriptedBank(async () =>
        {
            if (Interlocked.Increment(ref orders) > 1)
            {
                return SubmitAnswerKind.Unknown;
            }

            // Before the bank's refusal arrives, the step is run again elsewhere, and its order is on its way.
            await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
            return SubmitAnswerKind.NotTaken;
        });
        desk = Desk(bank);
        await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);

        orders.ShouldBeGreaterThan(1);
        var after = (await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None)).Withdrawal;
        after.Cancel(after.PromisedBy).IsOk.ShouldBeFalse("the other order may still be paid");
    }

    [Fact]
    public async Task An_order_whose_host_slept_on_the_way_is_not_taken_once_staff_have_ended_the_withdrawal()
    {
        var withdrawal = await ReserveAsync();

        // The host's clock is where it was when it fell asleep; the bank's, and that of staff, have gone on.
        var asleep = new ManualTime();
        asleep.Advance(-3 * RequestSignature.Window);
        var real = stage.Services.GetRequiredService<IBank>();
        var bank = new SleepyBank(real, meanwhile: () => StopAsync(real, withdrawal.Id));
        await Desk(bank, machine: new MachineClock(asleep)).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);

        bank.Answers[0].Kind.ShouldNotBe(SubmitAnswerKind.Taken);
        (await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None)).Withdrawal.Status.ShouldBe(WithdrawalStatus.Cancelled);
        (await real.AskAsync(Withdrawal.PayoutIdOf(withdrawal.Id, Wallet), CancellationToken.None)).Word!.Outcome.ShouldBe(PayoutOutcome.Voided, "its money was given back");
    }

    [Fact]
    public async Task An_order_bears_the_time_of_its_row_so_that_the_bank_takes_none_whose_host_slept_on_the_way()
    {
        var withdrawal = await ReserveAsync();
        var asleep = new ManualTime();
        asleep.Advance(-2 * RequestSignature.Window);
        var real = stage.Services.GetRequiredService<IBank>();
        var bank = new SleepyBank(real, meanwhile: () => Task.CompletedTask);
        var after = await Desk(bank, machine: new MachineClock(asleep)).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);

        (bank.Answers[0].Kind, after.Status, after.InFlight).ShouldBe((SubmitAnswerKind.Unknown, WithdrawalStatus.Reserved, true));
        (await real.AskAsync(Withdrawal.PayoutIdOf(withdrawal.Id, Wallet), CancellationToken.None)).Kind.ShouldBe(StatusAnswerKind.NotKnown);

        // Awake, it asks, and orders anew.
        (await Desk(real).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None)).Status.ShouldBe(WithdrawalStatus.Submitted);
    }

    [Fact]
    public async Task A_host_that_slept_between_the_row_and_the_order_looks_again_before_it_sends_it()
    {
        var withdrawal = await ReserveAsync();
        var clock = new ManualTime();
        var orders = 0;
        var bank = new ScriptedBank(() =>
        {
            orders++;
            return Task.FromResult(SubmitAnswerKind.Taken);
        });
        var desk = Desk(bank, machine: new MachineClock(new SleepingOnce(clock, 2, 3 * RequestSignature.Window)));
        var after = await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        (orders, after.Status).ShouldBe((1, WithdrawalStatus.Submitted));
        (await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None)).Withdrawal.OrderedAt!.Value
            .ShouldBeGreaterThan(TimeProvider.System.GetUtcNow() + (2 * RequestSignature.Window), "it was ordered anew after the sleep");
    }

    [Fact]
    public async Task An_order_that_the_bank_took_and_no_longer_knows_leaves_again_only_after_the_row_says_so()
    {
        var withdrawal = await ReserveAsync();
        var taking = new ScriptedBank(() => Task.FromResult(SubmitAnswerKind.Taken));
        var submitted = await Desk(taking).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        (submitted.Status, submitted.InFlight).ShouldBe((WithdrawalStatus.Submitted, false));

        var before = (await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None)).Withdrawal.OrderedAt;
        Withdrawal? seen = null;
        var again = new ScriptedBank(async () =>
        {
            seen = (await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None)).Withdrawal;
            return SubmitAnswerKind.Unknown;
        });
        await Desk(again).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        seen!.InFlight.ShouldBeTrue();
        seen.OrderedAt!.Value.ShouldBeGreaterThan(before!.Value);
    }

    [Theory]
    [InlineData(nameof(SubmitAnswerKind.Unknown))]
    [InlineData(nameof(SubmitAnswerKind.NotTaken))]
    [InlineData(nameof(SubmitAnswerKind.Taken))]
    public async Task An_order_that_the_bank_does_not_know_leaves_again_only_once_the_account_is_unfrozen(string first)
    {
        var withdrawal = await ReserveAsync();
        var (orders, answer) = (0, Enum.Parse<SubmitAnswerKind>(first));
        var desk = Desk(new ScriptedBank(() =>
        {
            orders++;
            return Task.FromResult(answer);
        }));
        var before = await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);

        // The phone was stolen. The bank, back again or lost in its own books, has never heard of the order.
        var statuses = stage.Services.GetRequiredService<AccountStatuses>();
        await statuses.FreezeAsync(Wallet, FreezeSource.Customer, [1], CancellationToken.None);
        (orders, answer) = (0, SubmitAnswerKind.Taken);
        var frozen = await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        (orders, frozen.Status, frozen.InFlight).ShouldBe((0, before.Status, before.InFlight), "a frozen account pays nobody");

        await statuses.UnfreezeAsync(Wallet, [2], CancellationToken.None);
        (await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None)).Status.ShouldBe(WithdrawalStatus.Submitted);
        orders.ShouldBe(1);
    }

    [Fact]
    public async Task An_end_that_comes_while_support_is_told_of_the_delay_is_told_as_well()
    {
        var withdrawal = await ReserveAsync(promise: TimeSpan.FromDays(-1));
        var bank = new ScriptedBank(() => Task.FromResult(SubmitAnswerKind.Refused));
        var inbox = new InterruptedInbox(() => Desk(bank).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None));
        var standing = await Desk(bank, inbox).ReportOverdueAsync(Wallet, withdrawal.Id, CancellationToken.None);
        standing.Status.Name().ShouldBe("failed");
        inbox.Told.Events.ShouldHaveSingleItem().Key.ShouldEndWith($" {withdrawal.Id}:failed");
    }

    [Fact]
    public async Task An_end_that_comes_after_a_report_died_half_way_is_told_when_the_report_is_repeated()
    {
        var withdrawal = await ReserveAsync(promise: TimeSpan.FromDays(-1));
        var inbox = new RecordingInbox();
        var bank = new ScriptedBank(() => Task.FromResult(SubmitAnswerKind.Refused));
        var dying = new InterruptedInbox(() => throw new InvalidOperationException("died"), inbox);
        await Should.ThrowAsync<InvalidOperationException>(() => Desk(bank, dying).ReportOverdueAsync(Wallet, withdrawal.Id, CancellationToken.None));
        await Desk(bank, inbox).SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        inbox.Events.ShouldHaveSingleItem().Key.ShouldEndWith($" {withdrawal.Id}:failed", Case.Sensitive, "the report may never be repeated");

        await Desk(bank, inbox).ReportOverdueAsync(Wallet, withdrawal.Id, CancellationToken.None);
        inbox.Opened.ShouldHaveSingleItem();
        inbox.Events.ShouldHaveSingleItem().Key.ShouldEndWith($" {withdrawal.Id}:failed");
    }

    [Theory]
    [InlineData(null, false, "the bank has not been given")]
    [InlineData(null, true, "the account is frozen")]
    [InlineData(nameof(SubmitAnswerKind.NotTaken), false, "the bank has not been given")]
    [InlineData(nameof(SubmitAnswerKind.Unknown), false, "Payout po_")]
    [InlineData(nameof(SubmitAnswerKind.Unknown), true, "the account is frozen")]
    [InlineData(nameof(SubmitAnswerKind.Taken), false, "Payout po_")]
    public async Task Support_reads_of_a_late_withdrawal_whether_the_bank_has_it_and_whether_it_waits_frozen(string? first, bool frozen, string says)
    {
        var withdrawal = await ReserveAsync(promise: TimeSpan.FromDays(-1));
        var inbox = new RecordingInbox();
        var desk = Desk(new ScriptedBank(() => Task.FromResult(Enum.Parse<SubmitAnswerKind>(first!))), inbox);
        if (first is not null)
        {
            await desk.SubmitAsync(Wallet, withdrawal.Id, CancellationToken.None);
        }

        if (frozen)
        {
            await stage.Services.GetRequiredService<AccountStatuses>().FreezeAsync(Wallet, FreezeSource.Staff, [1], CancellationToken.None);
        }

        (await desk.ReportOverdueAsync(Wallet, withdrawal.Id, CancellationToken.None)).Overdue.ShouldBeTrue();
        var words = inbox.Opened.ShouldHaveSingleItem().Value.FirstEvent;
        words.En.ShouldContain(says);
        words.En.Contains("Payout po_", StringComparison.Ordinal).ShouldBe(first is nameof(SubmitAnswerKind.Unknown) or nameof(SubmitAnswerKind.Taken));
        (words.Zh.Contains("po_", StringComparison.Ordinal), words.Zh.Contains("账户已冻结", StringComparison.Ordinal)).ShouldBe((words.En.Contains("po_", StringComparison.Ordinal), frozen));
    }

    [Fact]
    public async Task The_intent_of_a_withdrawal_is_kept_until_its_orchestration_is_seen_at_work()
    {
        var withdrawal = await ReserveAsync();
        var sweeper = stage.Services.GetServices<IIntentSweeper>().Single(one => one.Kind == WithdrawalSweeper.IntentKind);
        var intent = new Intent(sweeper.Kind, withdrawal.Id.Value, Wallet);
        (await sweeper.SweepAsync(intent, CancellationToken.None)).ShouldBeFalse("the message that starts it may still get lost");
        await customer.UntilAsync(withdrawal.Id.Value, "submitted");
        (await sweeper.SweepAsync(intent, CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_orchestration_that_sleeps_is_woken_by_an_unfreezing_and_not_by_the_sweep_that_looks_for_missing_ones()
    {
        var withdrawal = await ReserveAsync();
        var storage = stage.Services.GetRequiredService<Storage>();
        var durable = new ScriptedDurable();
        durable.Put(withdrawal.Id.Value, Microsoft.DurableTask.Client.OrchestrationRuntimeStatus.Running);
        var starter = new WithdrawalStarter(storage);
        await starter.RunAsync(new WithdrawalStart(Wallet.Value, withdrawal.Id.Value, Wakes: false), durable, CancellationToken.None);
        durable.Rung.ShouldBeEmpty();
        await starter.RunAsync(new WithdrawalStart(Wallet.Value, withdrawal.Id.Value, Wakes: true), durable, CancellationToken.None);
        durable.Rung.ShouldBe([withdrawal.Id.Value]);

        // An older build, which is being replaced, does not say why it left the message.
        var older = JsonSerializer.Deserialize<WithdrawalStart>($$"""{"WalletId":"{{Wallet}}","WithdrawalId":"{{withdrawal.Id}}"}""")!;
        await starter.RunAsync(older, durable, CancellationToken.None);
        durable.Rung.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancellation_where_no_orchestration_lives_is_told_at_once_or_by_the_sweep(bool dies)
    {
        var withdrawal = await ReserveAsync();
        if (dies)
        {
            // The host died between the money and the telling: all it left is the intent.
            var cancelled = withdrawal.Cancel(withdrawal.RequestedAt).Value!;
            var stored = await Table.GetAsync(Wallet, withdrawal.Id, CancellationToken.None);
            var release = BookCommand.ReleaseHold($"{withdrawal.Id}:release", withdrawal.Id.Value, "cancelled") with { Companions = _ => [WithdrawalTable.Replacing(cancelled, stored.ETag)] };
            (await Ledger.ExecuteAsync(Wallet, release, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
            var sweeper = stage.Services.GetServices<IIntentSweeper>().Single(one => one.Kind == WithdrawalSweeper.IntentKind);
            (await sweeper.SweepAsync(new Intent(sweeper.Kind, withdrawal.Id.Value, Wallet), CancellationToken.None)).ShouldBeTrue();
        }
        else
        {
            (await customer.CancelAsync(withdrawal.Id.Value, "c1")).Expect(HttpStatusCode.OK);
        }

        await UntilToldAsync(withdrawal, "Your withdrawal is cancelled");
    }

    [Fact]
    public async Task A_denial_in_review_where_no_orchestration_lives_is_told_at_once_and_a_closed_wallets_money_has_its_case()
    {
        var withdrawal = await ReserveAsync(isReviewed: true);
        await stage.Services.GetRequiredService<WithdrawalReviews>().OpenAsync(Wallet, withdrawal.Id, CancellationToken.None);
        (await Ledger.ExecuteAsync(Wallet, new BookCommand("sts_closed:0", new BookMove.Close()), CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        (await stage.Supervisor.PostAsync($"v1/reviews/{WithdrawalReviews.IdOf(withdrawal.Id)}/decision", new { decision = "deny", reason = "x" })).Must(HttpStatusCode.OK);
        await UntilToldAsync(withdrawal, "Your withdrawal did not go through");
        (await DyingInbox.StatusAsync(stage.Supervisor, withdrawal.Id.Value, "withdrawal")).ShouldBe("open", "somebody has to send the money on");
        (await DyingInbox.StatusAsync(stage.Supervisor, withdrawal.Id.Value, "review")).ShouldBe("resolved");
    }

    [Fact]
    public async Task The_conversation_of_a_review_that_never_reached_the_queue_is_resolved_when_the_withdrawal_is_cancelled()
    {
        var withdrawal = await ReserveAsync(isReviewed: true);
        var reviews = new WithdrawalReviews(
            Table,
            Ledger,
            stage.Services.GetRequiredService<ReviewBoard>(),
            stage.Services.GetRequiredService<RecentAccounts>(),
            new DyingInbox(stage.Services.GetRequiredService<IInbox>()),
            stage.Services.GetRequiredService<TimeProvider>());
        await Should.ThrowAsync<InvalidOperationException>(() => reviews.OpenAsync(Wallet, withdrawal.Id, CancellationToken.None));
        (await DyingInbox.StatusAsync(stage.Supervisor, withdrawal.Id.Value, "review")).ShouldBe("open");
        (await customer.CancelAsync(withdrawal.Id.Value, "c1")).Expect(HttpStatusCode.OK);
        (await DyingInbox.StatusAsync(stage.Supervisor, withdrawal.Id.Value, "review")).ShouldBe("resolved");
    }

    [Fact]
    public async Task A_frozen_account_cannot_withdraw()
    {
        await stage.Services.GetRequiredService<AccountStatuses>().FreezeAsync(Wallet, FreezeSource.Staff, [1], CancellationToken.None);
        var before = await customer.WalletAsync();

        var refused = await customer.AskAsync(10_00, "frozen");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("account_frozen");
        (await customer.WalletAsync()).ShouldBe(before);
    }

    private Task UntilToldAsync(Withdrawal withdrawal, string title) => Eventually.True(
        "the customer was told",
        async () => (await customer.Client.GetAsync("/api/v1/me/notifications")).Body!["items"]!.AsArray().Any(notice => (string?)notice!["subjectId"] == withdrawal.Id.Value && (string?)notice["title"] == title));

    /// <summary>A withdrawal whose money is set aside and whose orchestration was never started.</summary>
    private async Task<Withdrawal> ReserveAsync(TimeSpan? promise = null, bool isReviewed = false)
    {
        var card = BankCardId.Of((string)customer.Order(1)["bankCardId"]!);
        var beneficiary = (await stage.Services.GetRequiredService<Beneficiaries>().FindAsync(Owner, card, CancellationToken.None)).Value!;
        var now = stage.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var withdrawal = Withdrawal.Reserve(
            Books.NewId<WithdrawalId>(), Wallet, Owner, Money.Fen(10_00), Money.Zero(Currency.Cny), beneficiary.Card, beneficiary.Sealed, now, now + (promise ?? TimeSpan.FromDays(1)));
        withdrawal = isReviewed ? withdrawal.SendToReview(now + TimeSpan.FromDays(1), now + TimeSpan.FromDays(3), "x") : withdrawal;
        var hold = new BookCommand(withdrawal.Id.Value, new BookMove.PlaceHold(withdrawal.Amount, "card", SpendTerms.Free(OperationKind.Withdrawal)))
        {
            Companions = _ => [WithdrawalTable.Adding(withdrawal)],
        };
        (await Ledger.ExecuteAsync(Wallet, hold, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        return withdrawal;
    }

    /// <summary>Gives the money back, as staff may once the bank has declared the payout void.</summary>
    private async Task StopAsync(IBank bank, WithdrawalId id) =>
        (await Desk(bank).VoidAsync(await Table.GetAsync(Wallet, id, CancellationToken.None), CancellationToken.None)).ShouldBeTrue();

    private PayoutDesk Desk(IBank bank, IInbox? inbox = null, MachineClock? machine = null) => new(
        Table,
        Ledger,
        bank,
        stage.Services.GetRequiredService<Beneficiaries>(),
        new OverdueReport(inbox ?? new RecordingInbox()),
        stage.Services.GetRequiredService<SuspenseReport>(),
        stage.Services.GetRequiredService<WithdrawalReviews>(),
        stage.Services.GetRequiredService<TimeProvider>(),
        machine ?? stage.Services.GetRequiredService<MachineClock>(),
        NullLogger<PayoutDesk>.Instance);
}
