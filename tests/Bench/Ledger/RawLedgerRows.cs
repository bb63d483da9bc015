using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bench;

/// <summary>What the ledger's rows cost without a ledger: no decision, no chain, no HTTP, nobody waits for anybody.</summary>
/// <remarks>
/// Transactions of 4 rows (head, operation, entry, key) and of 3 (without the key) take turns, as a transfer's debit and credit do.
/// They go to the ledger's own table, for what a transaction costs the emulator grows with the rows of its table: two tables of
/// different sizes would not compare. They are spread over as many partitions as there are books, of which each client has some to
/// itself: replacing a row that was written a moment ago costs the emulator less than one that was written long before. Their heads
/// are named otherwise, so that nobody takes their partitions for books.
/// </remarks>
internal sealed class RawLedgerRows
{
    private readonly TableClient table;
    private readonly Partition[] partitions;

    private RawLedgerRows(TableClient table, int partitions) =>
        (this.table, this.partitions) = (table, [.. Enumerable.Range(0, partitions).Select(_ => new Partition(NewId<WalletId>()))]);

    public CallCounter Counter { get; private init; } = null!;

    public static async Task<RawLedgerRows> OpenAsync(Azurite storage, int partitions)
    {
        var counter = new CallCounter();
        var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
        options.AddPolicy(counter, HttpPipelinePosition.PerRetry);
        var rows = new TableServiceClient(storage.ConnectionString, options).GetTableClient(WalletFunctions.Wallet.Ledger.TableName);
        await rows.CreateIfNotExistsAsync();
        var raw = new RawLedgerRows(rows, partitions) { Counter = counter };
        foreach (var partition in raw.partitions)
        {
            partition.ETag = (await rows.AddEntityAsync(partition.HeadRow())).Headers.ETag!.Value;
        }

        return raw;
    }

    /// <summary>One transaction in any of a client's partitions.</summary>
    /// <param name="client">Below <paramref name="clients"/>.</param>
    public Task OneAsync(int client, int clients) => SubmitAsync(partitions[client + (clients * Random.Shared.Next(partitions.Length / clients))]);

    /// <summary>One transaction in the one partition that all others of this kind go to, each after the other.</summary>
    public Task SerialAsync() => SubmitAsync(partitions[0]);

    private async Task SubmitAsync(Partition partition)
    {
        var answer = await table.SubmitTransactionAsync(partition.Next());
        partition.ETag = answer.Value[0].Headers.ETag!.Value;
    }

    private static T NewId<T>()
        where T : struct, IId<T> => Id.New<T>(TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetBytes(Id.RandomBytes));

    private sealed class Partition(WalletId wallet)
    {
        private readonly string key = BookKeys.Partition(wallet);
        private readonly StoredAnswer answer = StoredAnswer.Created(TransferHttp.TransferAnswer.Of(Sample(wallet, 1), "completed"), "/api/v1/transfers/" + NewId<TransactionId>().Value);
        private BookHead head = BookHead.Opened(wallet, Currency.Cny) with { Balances = new Balances(1_000_000_000, 0, -1_000_100_000, 0, 0, 100_000, 0), LastHash = new byte[32], Usage = Counted() };

        public ETag ETag { get; set; }

        public HeadRow HeadRow()
        {
            var row = WalletFunctions.Wallet.HeadRow.From(key, head, "0123456789abcdef");
            row.RowKey = "raw|" + row.RowKey[BookKeys.HeadPrefix.Length..];
            return row;
        }

        public List<TableTransactionAction> Next()
        {
            var number = head.LastNumber + 1;
            var id = NewId<TransactionId>().Value;
            head = head with { LastNumber = number };
            List<TableTransactionAction> rows =
            [
                new(TableTransactionActionType.UpdateReplace, HeadRow(), ETag),
                new(TableTransactionActionType.Add, new OperationRow { PartitionKey = key, RowKey = BookKeys.Operation(id), Entry = number, Payee = wallet.Value, PayerName = "*小明" }),
                new(TableTransactionActionType.Add, EntryRow.From(key, Sample(wallet, number) with { Operation = id }, new byte[32])),
            ];
            if (number % 2 == 1)
            {
                rows.Add(new(TableTransactionActionType.Add, new KeyRow
                {
                    PartitionKey = key,
                    RowKey = BookKeys.RequestKey("POST /v1/transfers", id),
                    Fingerprint = new string('f', 64),
                    Operation = id,
                    Status = answer.Status,
                    Body = answer.Body,
                    Location = answer.Location,
                }));
            }

            return rows;
        }

        /// <summary>Counters such as a busy customer's.</summary>
        private static Usage Counted() => new()
        {
            Day = 739_942,
            Month = 24_322,
            Year = 2026,
            SpentToday = 10_000,
            UnconfirmedToday = 10_000,
            SpentThisYear = 100_000,
            SpentEver = 100_000,
            WindowStart = 1_795_000_000,
            WindowMoves = 100,
            WindowAmount = 10_000,
            Payees = SeenRing.From(RandomNumberGenerator.GetBytes(Usage.MostPayees * 4)),
        };

        private static Entry Sample(WalletId wallet, long number) => new(
            wallet, number, TimeProvider.System.GetUtcNow(), EntryKind.TransferOut, NewId<TransactionId>().Value,
            [new Posting(BookAccount.Available, BookAccount.InTransit, 100)], new Party(wallet, "*小红"), "午饭", 1_000_000_000, 0, default);
    }
}
