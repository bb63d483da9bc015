using System.Globalization;
using System.Security.Cryptography;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bench;

/// <summary>Reconciliation of few and of many books: what it holds in memory must not grow with them.</summary>
internal sealed class ReconciliationScenario : IScenario
{
    private const int Entries = 40;
    private const double MostGrowth = 1.5;

    public string Name => "reconciliation";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Reconciliation, {Entries} entries a book. Live memory is sampled after a full collection, beside what lived before.");
        var storage = BenchRun.StartStorage();
        try
        {
            var table = new TableServiceClient(storage.ConnectionString).GetTableClient("books");
            await table.CreateIfNotExistsAsync();
            var few = await MeasureAsync(table, 0, 100);
            var many = await MeasureAsync(table, 100, 1000);
            BenchRun.Say($"{(many <= MostGrowth * few ? "met   " : "MISSED")} ten times the books: {(double)many / few:0.00} times the memory (at most {MostGrowth:0.00})");
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task<long> MeasureAsync(TableClient table, int from, int to)
    {
        await Parallel.ForEachAsync(Enumerable.Range(from, to - from), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, token) => await table.SubmitTransactionAsync(Book(), token));
        var check = new LedgerCheck(new Ledger(table, TimeProvider.System, TimeProvider.System, new LedgerOptions()), [], [], new ReconciliationOptions());
        await check.RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (allocated, started) = (GC.GetTotalAllocatedBytes(), TimeProvider.System.GetTimestamp());
        var running = Task.Run(() => check.RunAsync(DateTimeOffset.MaxValue, CancellationToken.None));
        var most = 0L;
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(50)));
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        var report = await running;
        var took = TimeProvider.System.GetElapsedTime(started);
        BenchRun.Say(string.Create(CultureInfo.InvariantCulture,
            $"{report.Books,6} books, {report.Entries,6} entries: {took.TotalSeconds,6:0.0} s, most live {most / 1024,7} KiB, allocated {(GC.GetTotalAllocatedBytes() - allocated) / report.Entries,6} B an entry, {report.Findings.Count} findings"));
        return most;
    }

    /// <summary>A book of top-ups, with its operation rows, in one transaction.</summary>
    private static List<TableTransactionAction> Book()
    {
        var now = TimeProvider.System.GetUtcNow();
        var head = BookHead.Opened(Id.New<WalletId>(now, RandomNumberGenerator.GetBytes(Id.RandomBytes)), Currency.Cny);
        var partition = BookKeys.Partition(head.Wallet);
        var rows = new List<TableTransactionAction>();
        for (var i = 0; i < Entries; i++)
        {
            var operation = Id.New<TopUpId>(now, RandomNumberGenerator.GetBytes(Id.RandomBytes)).Value;
            var decision = Domain.Books.Book.Decide(head, new BookMove.CreditTopUp(Money.Fen(100), "sandbox"), operation, now).Value!;
            head = decision.Head;
            rows.Add(new(TableTransactionActionType.Add, EntryRow.From(partition, decision.Entry!, head.LastHash)));
            rows.Add(new(TableTransactionActionType.Add, new OperationRow { PartitionKey = partition, RowKey = BookKeys.Operation(operation), Entry = decision.Entry!.Number }));
        }

        rows.Add(new(TableTransactionActionType.Add, HeadRow.From(partition, head, "bench")));
        return rows;
    }
}
