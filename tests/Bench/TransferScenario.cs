using System.Security.Cryptography;
using Azure.Core;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bench;

/// <summary>Transfers between wallets, spread evenly and with one hot book, beside raw transactions of the same rows.</summary>
internal sealed class TransferScenario : IScenario
{
    private const int Clients = 64;
    private const int Wallets = 512;

    public string Name => "transfers";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Transfers, {Clients} clients, {Wallets} wallets; each is a debit and a credit. Raw: entity group transactions of the same rows, 4 and 3 in turn.");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var bank = await Bank.OpenAsync(storage.ConnectionString, Wallets);
            var raw = await RawTransactions.OpenAsync(storage.ConnectionString, Clients);
            var (baseline, uniform, payer, payee) = (new Tally(), new Tally(), new Tally(), new Tally());
            for (var round = 0; round < run.Rounds; round++)
            {
                await baseline.TurnAsync(Clients, run.Turn, raw.Counter, raw.OneAsync);
                await uniform.TurnAsync(Clients, run.Turn, bank.Counter, _ => bank.TransferAsync(bank.Any(), bank.Any()));
                await payer.TurnAsync(Clients, run.Turn, bank.Counter, _ => bank.TransferAsync(bank.Hot, bank.Any()));
                await payee.TurnAsync(Clients, run.Turn, bank.Counter, _ => bank.TransferAsync(bank.Any(), bank.Hot));
            }

            BenchRun.Report("raw transactions", baseline);
            BenchRun.Report("transfers, uniform", uniform, baseline);
            BenchRun.Report("transfers, hot payer", payer, baseline);
            BenchRun.Report("transfers, hot payee", payee, baseline);
            BenchRun.Say(await bank.CheckAsync());
        }
        finally
        {
            storage.Stop();
        }
    }

    private static TableServiceClient Connect(string connectionString, CallCounter counter)
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
        options.AddPolicy(counter, HttpPipelinePosition.PerRetry);
        return new TableServiceClient(connectionString, options);
    }

    private static T NewId<T>()
        where T : struct, IId<T> => Id.New<T>(TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetBytes(Id.RandomBytes));

    /// <summary>The ledger as the app has it, on tables of its own.</summary>
    private sealed class Bank : IAsyncDisposable
    {
        private readonly Ledger ledger;
        private readonly Intents intents;
        private readonly Transfers transfers;
        private readonly WalletId[] wallets;

        private Bank(TableServiceClient service, CallCounter counter, int count)
        {
            Counter = counter;
            ledger = new Ledger(service.GetTableClient(Ledger.TableName), TimeProvider.System, TimeProvider.System, new LedgerOptions());
            intents = new Intents(service.GetTableClient(Intents.TableName), TimeProvider.System, new LedgerOptions());
            transfers = new Transfers(ledger, intents);
            wallets = [.. Enumerable.Range(0, count).Select(_ => NewId<WalletId>())];
        }

        public CallCounter Counter { get; }

        public WalletId Hot => wallets[0];

        public static async Task<Bank> OpenAsync(string connectionString, int count)
        {
            var counter = new CallCounter();
            var service = Connect(connectionString, counter);
            await service.CreateTableIfNotExistsAsync(Ledger.TableName);
            await service.CreateTableIfNotExistsAsync(Intents.TableName);
            var bank = new Bank(service, counter, count);
            await Parallel.ForEachAsync(bank.wallets, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (wallet, cancellation) =>
                await bank.ledger.ExecuteAsync(wallet, new BookCommand(NewId<TopUpId>().Value, new BookMove.CreditTopUp(Money.Fen(1_000_000_000), "sandbox")), cancellation));
            return bank;
        }

        public WalletId Any() => wallets[Random.Shared.Next(1, wallets.Length)];

        public async Task TransferAsync(WalletId payer, WalletId payee)
        {
            if (payer == payee)
            {
                payee = wallets[0];
            }

            var id = NewId<TransactionId>().Value;
            var outcome = await transfers.SendAsync(
                new TransferOrder(id, payer, "*小明", payee, "*小红", Money.Fen(100), "午饭")
                {
                    Key = new RequestKey(BookKeys.RequestKey("POST /v1/transfers", id), Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]))),
                    Answer = decision => StoredAnswer.Created(TransferHttp.TransferAnswer.Of(decision.Entry!), "/api/v1/transfers/" + id),
                    Refusal = error => new StoredAnswer(422, error.Code),
                },
                CancellationToken.None);
            if (outcome is not Outcome.Committed)
            {
                throw new InvalidOperationException($"A transfer ended as {outcome}.");
            }
        }

        public async Task<string> CheckAsync()
        {
            var report = await new Reconciliation(ledger).RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
            return report.Findings.Count == 0 && report.InTransit.Count == 0
                ? $"checked: {report.Books} books, {report.Entries} entries, every invariant holds"
                : $"BROKEN: {string.Join("; ", report.Findings.Take(5))}";
        }

        public ValueTask DisposeAsync() => intents.DisposeAsync();
    }

    /// <summary>What the same rows cost without a ledger: no decision, no chain, nobody waits for anybody.</summary>
    private sealed class RawTransactions
    {
        private readonly TableClient table;
        private readonly Partition[] partitions;

        private RawTransactions(TableClient table, CallCounter counter, int clients) =>
            (this.table, Counter, partitions) = (table, counter, [.. Enumerable.Range(0, clients).Select(_ => new Partition(NewId<WalletId>()))]);

        public CallCounter Counter { get; }

        public static async Task<RawTransactions> OpenAsync(string connectionString, int clients)
        {
            var counter = new CallCounter();
            var service = Connect(connectionString, counter);
            await service.CreateTableIfNotExistsAsync("raw");
            var raw = new RawTransactions(service.GetTableClient("raw"), counter, clients);
            foreach (var partition in raw.partitions)
            {
                partition.ETag = (await raw.table.AddEntityAsync(partition.HeadRow())).Headers.ETag!.Value;
            }

            return raw;
        }

        public async Task OneAsync(int client)
        {
            var partition = partitions[client];
            var answer = await table.SubmitTransactionAsync(partition.Next());
            partition.ETag = answer.Value[0].Headers.ETag!.Value;
        }

        private sealed class Partition(WalletId wallet)
        {
            private readonly string key = BookKeys.Partition(wallet);
            private readonly StoredAnswer answer = StoredAnswer.Created(TransferHttp.TransferAnswer.Of(Sample(wallet, 1)), "/api/v1/transfers/" + NewId<TransactionId>().Value);
            private BookHead head = BookHead.Opened(wallet, Currency.Cny) with { Balances = new Balances(1_000_000_000, 0, -1_000_100_000, 0, 0, 100_000, 0), LastHash = new byte[32] };

            public Azure.ETag ETag { get; set; }

            public HeadRow HeadRow() => WalletFunctions.Wallet.HeadRow.From(key, head, "0123456789abcdef");

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

            private static Entry Sample(WalletId wallet, long number) => new(
                wallet, number, TimeProvider.System.GetUtcNow(), EntryKind.TransferOut, NewId<TransactionId>().Value,
                [new Posting(BookAccount.Available, BookAccount.InTransit, 100)], new Party(wallet, "*小红"), "午饭", 1_000_000_000, 0, default);
        }
    }
}
