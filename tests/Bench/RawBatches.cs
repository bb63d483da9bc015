using Azure;
using Azure.Core;
using Azure.Data.Tables;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>What storage does at best: entity group transactions of three rows of 1 KiB, a head replaced on its ETag and two rows added; a partition a client.</summary>
internal sealed class RawBatches
{
    public const string Description = "Raw: entity group transactions of 3 rows of 1 KiB.";

    private const int Rows = 3;

    private static readonly string Text = new('x', 1024);

    private readonly TableClient table;
    private readonly (string Key, ETag ETag, long Number)[] heads;

    private RawBatches(TableClient table, CallCounter counter, int clients) =>
        (this.table, Counter, heads) = (table, counter, [.. Enumerable.Range(0, clients).Select(client => ($"raw{client:D3}", default(ETag), 0L))]);

    public CallCounter Counter { get; }

    public static async Task<RawBatches> OpenAsync(Azurite storage, int clients)
    {
        var counter = new CallCounter();
        var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
        options.AddPolicy(counter, HttpPipelinePosition.PerRetry);
        var rows = new TableServiceClient(storage.ConnectionString, options).GetTableClient("raw");
        await rows.CreateIfNotExistsAsync();
        var raw = new RawBatches(rows, counter, clients);
        for (var client = 0; client < clients; client++)
        {
            raw.heads[client].ETag = (await rows.AddEntityAsync(Row(raw.heads[client].Key, "head"))).Headers.ETag!.Value;
        }

        return raw;
    }

    public async Task OneAsync(int client)
    {
        var (key, etag, number) = heads[client];
        var rows = new List<TableTransactionAction> { new(TableTransactionActionType.UpdateReplace, Row(key, "head"), etag) };
        rows.AddRange(Enumerable.Range(1, Rows - 1).Select(row => new TableTransactionAction(TableTransactionActionType.Add, Row(key, $"{number:D12}|{row}"))));
        var answer = await table.SubmitTransactionAsync(rows);
        heads[client] = (key, answer.Value[0].Headers.ETag!.Value, number + 1);
    }

    private static TableEntity Row(string partition, string row) => new(partition, row) { ["text"] = Text };
}
