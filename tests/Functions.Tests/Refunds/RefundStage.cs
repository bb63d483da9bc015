using System.Net;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Refunds;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Refunds;

/// <summary>An app with everybody whom refunds concern signed in, and what they do in a line each.</summary>
public class RefundStage : IAsyncLifetime
{
    private int orders;

    internal TestApp App { get; private set; } = null!;

    internal TestClient Customer { get; private set; } = null!;

    internal TestClient Stranger { get; private set; } = null!;

    internal TestClient Merchant { get; private set; } = null!;

    internal TestClient Agent { get; private set; } = null!;

    internal TestClient OtherAgent { get; private set; } = null!;

    internal TestClient Supervisor { get; private set; } = null!;

    internal TestClient Admin { get; private set; } = null!;

    /// <summary>Keeps new refunds from being opened while it is closed.</summary>
    internal Gate Opening { get; } = new("refunds", "\"all\"");

    /// <summary>Keeps refunds' money in merchants' books while it is closed.</summary>
    internal Gate Paying { get; } = new("$batch", $"\"k\":{(int)EntryKind.RefundOut}");

    internal string MerchantId { get; private set; } = "";

    internal string CustomerId { get; private set; } = "";

    internal WalletId CustomerWallet { get; private set; }

    internal WalletId MerchantWallet { get; private set; }

    /// <summary>More services or settings.</summary>
    internal Action<FunctionsApplicationBuilder>? Configure { get; init; }

    public async Task DisposeAsync() => await App.DisposeAsync();

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync(builder =>
        {
            builder.Services.AddSingleton<HttpPipelinePolicy>(Opening);
            builder.Services.AddSingleton<HttpPipelinePolicy>(Paying);
            Configure?.Invoke(builder);
        });
        (Customer, Stranger, Merchant) = (await App.CustomerAsync(0), await App.CustomerAsync(1), await App.MerchantAsync(0));
        (Agent, OtherAgent, Supervisor, Admin) = (await App.AgentAsync(0), await App.AgentAsync(1), await App.SupervisorAsync(), await App.AdminAsync());
        var people = await App.PeopleAsync();
        (MerchantId, MerchantWallet) = (people.GetProperty("merchants")[0].GetProperty("merchantId").GetString()!, WalletOf(people, "merchants"));
        (CustomerId, CustomerWallet) = (people.GetProperty("customers")[0].GetProperty("accountId").GetString()!, WalletOf(people, "customers"));

        static WalletId WalletOf(JsonElement people, string kind) => WalletId.Of(people.GetProperty(kind)[0].GetProperty("walletId").GetString()!);
    }

    internal static object Yuan(long fen) => new { amount = fen, currency = "CNY" };

    internal static object Wish(string payment, long fen, string reason = "goods_not_received") => new { paymentId = payment, amount = Yuan(fen), reason };

    /// <summary>Pays the merchant, and answers the payment's id.</summary>
    internal async Task<string> PayAsync(long fen) =>
        (await Customer.PostAsync("v1/payments", new { merchantId = MerchantId, orderId = $"order {Interlocked.Increment(ref orders)}", amount = Yuan(fen), description = "茶" }))
            .Must(HttpStatusCode.Created).Text("paymentId");

    /// <summary>Pays, and asks for a refund of all of it.</summary>
    internal async Task<string> AskAsync(long fen, string reason = "goods_not_received") => await AskForAsync(await PayAsync(fen), fen, reason);

    internal async Task<string> AskForAsync(string payment, long fen, string reason = "goods_not_received") =>
        (await Customer.PostAsync("v1/refunds", Wish(payment, fen, reason))).Must(HttpStatusCode.Accepted).Text("refundId");

    /// <summary>Pays, asks, and waits until the merchant was asked.</summary>
    internal async Task<string> AskMerchantAsync(long fen)
    {
        var id = await AskAsync(fen);
        await UntilAsync(id, "with_merchant");
        return id;
    }

    /// <summary>A refund that the merchant turned over to support by its silence.</summary>
    internal async Task<string> ReviewAsync(long fen = 20_000)
    {
        var id = await AskMerchantAsync(fen);
        await AdvanceAsync(TimeSpan.FromDays(3));
        await UntilAsync(id, "in_review");
        return id;
    }

    /// <summary>A refund that the merchant turned down.</summary>
    internal async Task<string> DeniedAsync(long fen = 20_000)
    {
        var id = await AskMerchantAsync(fen);
        await DecideAsync(Merchant, id, "deny");
        await UntilAsync(id, "denied");
        return id;
    }

    /// <summary>A refund of which support wants evidence.</summary>
    internal async Task<string> EvidenceWantedAsync(long fen = 20_000)
    {
        var id = await AskMerchantAsync(fen);
        await DecideAsync(Merchant, id, "ask");
        await UntilAsync(id, "evidence_wanted");
        return id;
    }

    /// <summary>A refund that waits for the merchant's money; only while nothing else pays the merchant.</summary>
    internal async Task<string> AwaitingFundsAsync(long fen = 20_000)
    {
        var id = await AskMerchantAsync(fen);
        await DrainAsync();
        await DecideAsync(Merchant, id, "approve");
        await UntilAsync(id, "awaiting_funds");
        return id;
    }

    internal async Task<string> AppealedAsync()
    {
        var id = await DeniedAsync();
        (await Customer.PostAsync($"v1/refunds/{id}/appeal", new { text = "货不对板" })).Must(HttpStatusCode.OK);
        await UntilAsync(id, "appealed");
        return id;
    }

    internal static async Task<TestAnswer> DecideAsync(TestClient by, string id, string decision, HttpStatusCode status = HttpStatusCode.OK) =>
        (await by.PostAsync($"v1/refunds/{id}/decision", new { decision, reason = "已核实" })).Must(status);

    internal async Task<TestAnswer> ReadAsync(string id) => (await Customer.GetAsync($"v1/refunds/{id}")).Must(HttpStatusCode.OK);

    /// <summary>A refund that is not opened, or not paid, as long as a gate is closed.</summary>
    internal async Task<string> HeldAsync(Gate gate)
    {
        var payment = await PayAsync(600);
        gate.Close();
        return await AskForAsync(payment, 600);
    }

    internal async Task<string> WithdrawAsync(string id)
    {
        (await Customer.PostAsync($"v1/refunds/{id}/withdraw", null)).Must(HttpStatusCode.OK).Text("status").ShouldBe("withdrawn");
        return await EndAsync(id, "withdrawn");
    }

    internal async Task<string> TerminateAsync(string id, string status = "expired")
    {
        (await Admin.PostAsync($"v1/admin/workflows/{id}/terminate", new { reason = "演练" })).Must(HttpStatusCode.OK);
        return await EndAsync(id, status);
    }

    internal async Task SetMerchantAsync(string status) => (await Admin.PatchAsync($"v1/admin/merchants/{MerchantId}", new { status })).Must(HttpStatusCode.OK);

    /// <summary>Moves the clock, and a second more: what is due then is over.</summary>
    internal Task AdvanceAsync(TimeSpan by) => App.AdvanceAsync(by + TimeSpan.FromSeconds(1));

    /// <summary>Waits until the refund has a status, and everything that has happened was told.</summary>
    internal async Task<TestAnswer> UntilAsync(string id, string status, bool isTold = true)
    {
        TestAnswer? seen = null;
        await Eventually.True($"refund {id} is {status}", async () =>
            (seen = await ReadAsync(id)).Text("status") == status && (!isTold || (await StoredAsync(id) is var refund && refund.Told == refund.Timeline.Count && refund.Status.Name() == status)));
        return seen!;
    }

    /// <summary>As the other, for a status at which a story ends.</summary>
    internal async Task<string> EndAsync(string id, string status)
    {
        await UntilAsync(id, status);
        return id;
    }

    /// <summary>Waits until something has happened, and was told.</summary>
    internal Task UntilAsync(string id, RefundEvent happened, int times = 1) => Eventually.True($"refund {id}: {happened}", async () =>
        await StoredAsync(id) is var refund && refund.Told == refund.Timeline.Count && refund.Timeline.Count(line => line.Event == happened) >= times);

    internal async Task<Refund> StoredAsync(string id) =>
        (await App.Services.GetRequiredService<RefundTable>().GetAsync(CustomerWallet, RefundId.Of(id), CancellationToken.None)).Refund;

    internal static async Task<long> AvailableAsync(TestClient client) => long.Parse((await client.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Text("available.amount"));

    /// <summary>Takes all money from the merchant.</summary>
    internal async Task DrainAsync(WalletId? into = null)
    {
        var available = await AvailableAsync(Merchant);
        if (available > 0)
        {
            await MoveAsync(MerchantWallet, into ?? CustomerWallet, available);
        }
    }

    /// <summary>A wallet that nothing here happens to.</summary>
    internal async Task<WalletId> OtherWalletAsync() => WalletId.Of((await App.PeopleAsync()).GetProperty("customers")[2].GetProperty("walletId").GetString()!);

    /// <summary>Takes all money from the customer.</summary>
    internal async Task DrainCustomerAsync() => await MoveAsync(CustomerWallet, MerchantWallet, await AvailableAsync(Customer));

    /// <summary>Gives the merchant money.</summary>
    internal Task FillAsync(long fen) => MoveAsync(CustomerWallet, MerchantWallet, fen);

    /// <summary>Closes, freezes or otherwise changes a wallet's book, which staff's routes do with a person's word.</summary>
    internal async Task ChangeBookAsync(WalletId wallet, BookMove move)
    {
        var outcome = await App.Services.GetRequiredService<Ledger>().ExecuteAsync(wallet, new BookCommand(NewOperation(), move), CancellationToken.None);
        if (outcome is not Outcome.Committed)
        {
            throw new InvalidOperationException($"The book was not changed: {outcome}");
        }
    }

    private async Task MoveAsync(WalletId from, WalletId to, long fen)
    {
        var order = new TransferOrder(NewOperation(), from, null, to, null, Money.Fen(fen), null) { Terms = SpendTerms.ByStaff(OperationKind.Transfer) };
        if (await App.Services.GetRequiredService<Transfers>().SendAsync(order, CancellationToken.None) is not Outcome.Committed)
        {
            throw new InvalidOperationException("The money was not moved.");
        }
    }

    private string NewOperation() => App.Services.GetRequiredService<IdSource>().New<TransactionId>().Value;
}

/// <summary>Lets no write of some rows through while it is closed.</summary>
internal sealed class Gate(string table, string mark) : HttpPipelinePolicy
{
    private volatile bool isClosed;

    public void Close() => isClosed = true;

    public void Open() => isClosed = false;

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Check(message);
        ProcessNext(message, pipeline);
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Check(message);
        return ProcessNextAsync(message, pipeline);
    }

    private void Check(HttpMessage message)
    {
        if (isClosed && message.Request.Method == RequestMethod.Post && message.Request.Content is { } content
            && message.Request.Uri.ToString().EndsWith("/" + table, StringComparison.Ordinal))
        {
            using var body = new MemoryStream();
            content.WriteTo(body, CancellationToken.None);
            if (Encoding.UTF8.GetString(body.ToArray()).Contains(mark, StringComparison.Ordinal))
            {
                throw new RequestFailedException(503, "The gate is closed.");
            }
        }
    }
}
