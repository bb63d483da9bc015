using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Functions.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Refunds;
using WalletFunctions.Wallet;
using Xunit;
using Xunit.Abstractions;

namespace Functions.Tests.Refunds;

/// <summary>
/// The walk over every storage step of a refund's path: asked for, opened, granted, paid, told. The process ends at the n-th
/// call; the sweep runs, and another process takes the steps again, as clients and the orchestration do.
/// However far it had come, the money moves once, the reservation is used once, and everybody is told once.
/// </summary>
public sealed class RefundCrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Lanes = 2;
    private const long Fen = 500;

    private string storage = "";
    private RefundParties parties = null!;

    public async Task InitializeAsync()
    {
        await using var app = await TestApp.StartAsync();
        storage = app.ConnectionString;
        var people = await app.PeopleAsync();
        var (customer, merchant) = (people.GetProperty("customers")[0], people.GetProperty("merchants")[0]);
        parties = new RefundParties(
            WalletId.Of(customer.GetProperty("walletId").GetString()!),
            AccountId.Of(customer.GetProperty("accountId").GetString()!),
            AccountId.Of(merchant.GetProperty("merchantId").GetString()!),
            WalletId.Of(merchant.GetProperty("walletId").GetString()!));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_refund_abandoned_at_any_storage_step_is_paid_and_told_once()
    {
        using var survivor = Start(null);
        var payer = survivor.Services.GetRequiredService<Ledger>();
        var before = await AvailableAsync(payer);
        var lengths = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => WalkAsync(survivor.Services, lane)));
        output.WriteLine($"Storage calls of a whole path: {string.Join(", ", lengths)}");

        // Paid for the payment and refunded the same: whatever was killed, everybody has what they had.
        (await AvailableAsync(payer)).ShouldBe(before);
        await FindsAsync(survivor);

        // Each attempt asked under an id of its own; of those that came to nothing none can be looked for.
        var index = survivor.Services.GetRequiredService<Storage>().Table(RefundIndex.TableName);
        await foreach (var row in index.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey ge {RefundId.Prefix} and PartitionKey lt {"rfd`"}")))
        {
            (await survivor.Services.GetRequiredService<RefundTable>().FindAsync(parties.Payer, RefundId.Of(row.RowKey), CancellationToken.None)).ShouldNotBeNull(row.RowKey);
        }
    }

    [Fact]
    public async Task Reconciliation_finds_a_payment_that_disagrees_with_its_refunds_and_money_that_never_came()
    {
        using var app = Start(null);
        var payment = await PayAsync(app.Services);
        var id = await TakeAsync(app.Services, payment);
        await FindsAsync(app);

        var table = app.Services.GetRequiredService<Storage>().Table(Ledger.TableName);
        var partition = BookKeys.Partition(parties.Payer);
        async Task PlantAsync(string row, string column, Func<object?, object> value, params string[] subjects)
        {
            var stored = (await table.GetEntityAsync<TableEntity>(partition, row)).Value;
            var was = stored[column];
            stored[column] = value(was);
            await table.UpdateEntityAsync(stored, Azure.ETag.All, TableUpdateMode.Replace);
            await FindsAsync(app, subjects);
            stored[column] = was;
            await table.UpdateEntityAsync(stored, Azure.ETag.All, TableUpdateMode.Replace);
            await FindsAsync(app);
        }

        // A fen more is left of the payment; it was refunded less; the refund was never paid, or more of it.
        await PlantAsync(PaymentRow.KeyOf(payment), "r", _ => 1L, payment.Value);
        await PlantAsync(PaymentRow.KeyOf(payment), "rd", was => (long)was! - 1, payment.Value);
        await PlantAsync(RefundRow.KeyOf(id), "s", _ => "denied", payment.Value);
        await PlantAsync(RefundRow.KeyOf(id), "a", was => (long)was! + 1, payment.Value, id.Value);
    }

    private async Task<int> WalkAsync(IServiceProvider survivor, int lane)
    {
        for (var step = lane + 1; ; step += Lanes)
        {
            var payment = await PayAsync(survivor);
            var death = new AbandonPolicy();
            using var victim = Start(death);
            var isDone = false;
            try
            {
                death.DieAt(step, afterIt: false);
                await TakeAsync(victim.Services, payment);
                isDone = true;
            }
            catch (Exception) when (death.IsDead)
            {
                // As planned; what it was doing then is told in many ways.
            }

            await survivor.GetRequiredService<IntentSweep>().RunAsync(CancellationToken.None);
            var id = await TakeAsync(survivor, payment);
            await survivor.GetRequiredService<IntentSweep>().RunAsync(CancellationToken.None);
            await CheckAsync(survivor, payment, id, $"the process ended before call {step}");
            if (isDone)
            {
                return step;
            }
        }
    }

    /// <summary>Takes all steps; those that were taken are not taken again.</summary>
    private async Task<RefundId> TakeAsync(IServiceProvider services, PaymentId payment)
    {
        var (requests, steps, desk) = (services.GetRequiredService<RefundRequests>(), services.GetRequiredService<RefundSteps>(), services.GetRequiredService<RefundDesk>());
        var order = new RefundOrder(parties.Payer, parties.Account, null, payment, new RefundWish(Money.Fen(Fen), RefundReason.Other, "x"), Key($"ask {payment}"), Refusal);
        var asked = await requests.AskAsync(order, durable: null, CancellationToken.None);
        var answer = asked switch
        {
            Outcome.Committed { Answer: { } first } => first,
            Outcome.Replayed { Answer: { } first } => first,
            _ => throw new InvalidOperationException($"The request ended as {asked}."),
        };
        var id = RefundId.Of(System.Text.Json.JsonElement.Parse(answer.Body).GetProperty("refundId").GetString()!);
        await desk.OpenAsync(parties.Payer, id, CancellationToken.None);
        var grant = new RefundChange("decision", Key($"grant {payment}"), (refund, _, now) => refund.DecideByMerchant(RefundVerdict.Approve, "x", now), (_, _) => StoredAnswer.NoContent(), Refusal);
        var granted = await steps.ChangeAsync(parties.Payer, id, grant, durable: null, CancellationToken.None);
        (granted is Outcome.Committed or Outcome.Replayed { Answer.Status: 204 }).ShouldBeTrue($"{granted}");
        await desk.LookAsync(parties.Payer, id, CancellationToken.None);
        (await desk.PayAsync(parties.Payer, id, CancellationToken.None)).IsOver.ShouldBeTrue();
        return id;
    }

    private async Task CheckAsync(IServiceProvider services, PaymentId payment, RefundId id, string what)
    {
        var ledger = services.GetRequiredService<Ledger>();
        var refund = (await services.GetRequiredService<RefundTable>().GetAsync(parties.Payer, id, CancellationToken.None)).Refund;
        refund.Timeline.Select(line => line.Event).ShouldBe([RefundEvent.Request, RefundEvent.AskMerchant, RefundEvent.MerchantApprove, RefundEvent.Pay], what);
        refund.Told.ShouldBe(refund.Timeline.Count, what);
        var row = (await ledger.Store.FindAsync<PaymentRow>(BookKeys.Partition(parties.Payer), PaymentRow.KeyOf(payment), CancellationToken.None))!.ToDomain();
        (row.Refundable.Amount, row.Reserved.Amount, row.Refunded.Amount).ShouldBe((0, 0, Fen), what);

        // One debit, one credit, and no other refund of this payment.
        var operation = RefundMoney.OperationOf(refund);
        (await ledger.FindEntryAsync(parties.Payee, operation, CancellationToken.None))!.Kind.ShouldBe(EntryKind.RefundOut, what);
        (await ledger.FindEntryAsync(parties.Payer, operation, CancellationToken.None))!.Kind.ShouldBe(EntryKind.RefundIn, what);
        var (refunds, _) = await services.GetRequiredService<RefundTable>().ListAsync(parties.Payer, new Page(200, null), CancellationToken.None);
        refunds.Count(other => other.PaymentId == payment).ShouldBe(1, what);

        // All four lines are sent to the customer and one to the merchant, each once.
        var notices = services.GetRequiredService<Storage>().Table("notices");
        var sent = new List<string>();
        await foreach (var notice in notices.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"SubjectId eq {id.Value}")))
        {
            sent.Add(notice.GetString("Account"));
        }

        sent.Order().ShouldBe(Enumerable.Repeat(parties.Account.Value, refund.Timeline.Count).Append(parties.Merchant.Value).Order(), what);
    }

    private async Task<PaymentId> PayAsync(IServiceProvider services)
    {
        while (true)
        {
            var id = services.GetRequiredService<IdSource>().New<PaymentId>();
            var order = new TransferOrder(id.Value, parties.Payer, "*甲", parties.Payee, "茶铺", Money.Fen(Fen), "茶")
            {
                Terms = SpendTerms.Free(OperationKind.Payment),
                Purpose = TransferPurpose.Payment,
                Companions = decision => [Companion.Add(PaymentRow.Of(
                    new Payment(id, parties.Payer, "*甲", parties.Merchant, "茶铺", parties.Payee, id.Value, "茶", Money.Fen(Fen), Money.Fen(0), decision.Entry!.At), false))],
                Memo = parties.Merchant.Value,
            };
            var outcome = await services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None);

            // Another lane's sweep, for which no intent is too young, may have come between the intent and the debit.
            if (outcome is not Outcome.Swept)
            {
                outcome.ShouldBeOfType<Outcome.Committed>();
                return id;
            }
        }
    }

    private IHost Start(HttpPipelinePolicy? policy) => TestApp.Unstarted(storage, builder =>
    {
        builder.Services.AddSingleton(new LedgerOptions { IntentAge = TimeSpan.Zero, CommandBudget = TimeSpan.FromSeconds(2) });
        if (policy is not null)
        {
            builder.Services.AddSingleton(policy);
        }
    });

    private async Task<long> AvailableAsync(Ledger ledger) => (await ledger.ReadHeadAsync(parties.Payer, CancellationToken.None)).Head.Balances.Available;

    private static async Task FindsAsync(IHost app, params string[] subjects)
    {
        var report = await app.Services.GetRequiredService<LedgerCheck>().RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.Select(finding => (finding.Kind, finding.Operation)).ShouldBe(subjects.Select(subject => (FindingKind.RefundDiffers, (string?)subject)), ignoreOrder: true);
        report.InTransit.Count.ShouldBe(0);
    }

    private static RequestKey Key(string key) => new(BookKeys.RequestKey("POST /test", key), "");

    private static StoredAnswer Refusal(DomainError error) => new(ErrorStatus.Of(error.Kind), error.Code);

    private sealed record RefundParties(WalletId Payer, AccountId Account, AccountId Merchant, WalletId Payee);
}
