using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;

namespace WalletFunctions.Tests.Wallet;

/// <summary>The ledger of one process on tables of its own, or of another process on the same tables.</summary>
internal sealed class Books : IAsyncDisposable
{
    private readonly string suffix;

    private Books(string suffix, TimeProvider patience)
    {
        this.suffix = suffix;
        var client = new TableClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = TimeSpan.FromSeconds(20) } };
        client.AddPolicy(Faults, HttpPipelinePosition.BeforeTransport);
        var service = new TableServiceClient(Azurite.SharedConnectionString, client);
        Table = service.GetTableClient("books" + suffix);
        IntentTable = service.GetTableClient("intents" + suffix);
        var options = new LedgerOptions { IntentAge = TimeSpan.Zero, ClearPause = TimeSpan.FromMilliseconds(20), FirstPause = TimeSpan.FromMilliseconds(4) };
        Ledger = new Ledger(Table, TimeProvider.System, TimeProvider.System, options);
        Intents = new Intents(IntentTable, TimeProvider.System, options);
        Transfers = new Transfers(Ledger, Intents, options, patience, Reviews, [new SaleCredit(), new ReturnCredit(TransferPurpose.Reversal), new ReturnCredit(TransferPurpose.Recall)], []);
        Sweep = new IntentSweep(Intents, [Transfers, new ReviewSweeper(Transfers, Reviews)], TimeProvider.System, options, NullLogger<IntentSweep>.Instance);
    }

    public static SpendTerms Free { get; } = SpendTerms.Free(OperationKind.Transfer);

    /// <summary>Nothing but a fee of so many fen, whatever is moved.</summary>
    public static SpendTerms Charging(long fee) => new(OperationKind.Withdrawal,
        Rulebook.Of(new FeeSchedule([new FeeRule(OperationKind.Withdrawal, null) { Minimum = fee }]), LimitSchedule.None, RiskPolicy.None), "phone", Confirmation.None);

    /// <summary>Transfers that wait for a person.</summary>
    public RecordingReviews Reviews { get; } = new();

    public Faults Faults { get; } = new();

    public TableClient Table { get; }

    public TableClient IntentTable { get; }

    public Ledger Ledger { get; }

    public Intents Intents { get; }

    public Transfers Transfers { get; }

    public IntentSweep Sweep { get; }

    /// <param name="patience">Measures how long a transfer waits for its credit; the system's if not given.</param>
    public static async Task<Books> OpenAsync(TimeProvider? patience = null)
    {
        var books = new Books(Azurite.UniqueName("t"), patience ?? TimeProvider.System);
        await books.Table.CreateIfNotExistsAsync();
        await books.IntentTable.CreateIfNotExistsAsync();
        return books;
    }

    /// <summary>A second process on the same storage: nothing in memory is shared.</summary>
    public Books Another() => new(suffix, TimeProvider.System);

    public static WalletId NewWallet() => NewId<WalletId>();

    public static T NewId<T>()
        where T : struct, IId<T> => Id.New<T>(TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetBytes(Id.RandomBytes));

    public static RequestKey Key(string key, string body = "") => new(BookKeys.RequestKey("POST /test", key), body);

    public async Task<WalletId> WalletWithAsync(long amount, AccountClass @class = AccountClass.I)
    {
        var wallet = NewWallet();
        if (@class != AccountClass.I)
        {
            (await SetClassAsync(wallet, @class)).ShouldBeOfType<Outcome.Committed>();
        }

        (await TopUpAsync(wallet, amount)).ShouldBeOfType<Outcome.Committed>();
        return wallet;
    }

    public Task<Outcome> SetClassAsync(WalletId wallet, AccountClass @class) =>
        Ledger.ExecuteAsync(wallet, new BookCommand(NewId<TransactionId>().Value, new BookMove.SetClass(@class)), CancellationToken.None);

    public Task<Outcome> TopUpAsync(WalletId wallet, long amount, string? key = null)
    {
        var id = NewId<TopUpId>().Value;
        return Ledger.ExecuteAsync(wallet, new BookCommand(id, new BookMove.CreditTopUp(Money.Fen(amount), "sandbox"))
        {
            Key = key is null ? null : Key(key, $"topup {amount}"),
            Answer = decision => new StoredAnswer(201, $"{id} {amount} {decision.Head.Balances.Available}"),
            Refusal = error => new StoredAnswer(422, error.Code),
        }, CancellationToken.None);
    }

    public Task<Outcome> SendAsync(WalletId payer, WalletId payee, long amount, string? key = null, string? claim = null, SpendTerms? terms = null) =>
        SendAsync(payer, payee, amount, key, claim is null ? null : new Claim(claim), terms);

    public Task<Outcome> SendAsync(WalletId payer, WalletId payee, long amount, string? key, Claim? claim, SpendTerms? terms = null)
    {
        var id = NewId<TransactionId>().Value;
        return Transfers.SendAsync(new TransferOrder(id, payer, "*甲", payee, "*乙", Money.Fen(amount), "午饭")
        {
            Key = key is null ? null : Key(key, $"send {payee} {amount}"),
            Answer = decision => new StoredAnswer(201, $"{id} {amount} {decision.Head.Balances.Available}"),
            Refusal = error => new StoredAnswer(422, error.Code),
            Claim = claim,
            Terms = terms ?? Free,
        }, CancellationToken.None);
    }

    public async Task<Balances> BalancesAsync(WalletId wallet) => (await Ledger.ReadHeadAsync(wallet, CancellationToken.None)).Head.Balances;

    /// <summary>Nothing is half done, and every invariant holds.</summary>
    public async Task<LedgerReport> ShouldBeSoundAsync(int inTransit = 0)
    {
        var report = await new LedgerCheck(Ledger, [], [], new ReconciliationOptions()).RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.ShouldBeEmpty();
        report.InTransit.Count.ShouldBe(inTransit);
        report.Totals.Sum.ShouldBe(0);
        return report;
    }

    public async Task<int> CountIntentsAsync()
    {
        var count = 0;
        await foreach (var _ in IntentTable.QueryAsync<TableEntity>())
        {
            count++;
        }

        return count;
    }

    public ValueTask DisposeAsync() => Intents.DisposeAsync();
}

/// <summary>A queue of reviews that can be out of reach.</summary>
internal sealed class RecordingReviews : IReviewQueue
{
    private readonly ConcurrentDictionary<string, ReviewRow> seen = new(StringComparer.Ordinal);

    public bool IsDown { get; set; }

    public IReadOnlyCollection<ReviewRow> Seen => [.. seen.Values];

    public Task AddAsync(ReviewRow review, CancellationToken cancellation)
    {
        if (IsDown)
        {
            throw new IOException("The queue is out of reach.");
        }

        seen[review.Operation] = review;
        return Task.CompletedTask;
    }
}
