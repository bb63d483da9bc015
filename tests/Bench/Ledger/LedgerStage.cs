using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>A storage with so many books, each with its first transfers, the app on it, and the raw rows beside them.</summary>
internal sealed class LedgerStage : IAsyncDisposable
{
    private readonly Azurite storage;

    private LedgerStage(Azurite storage, BenchHost host) => (this.storage, Host) = (storage, host);

    public BenchHost Host { get; }

    public LedgerCustomers Customers { get; private set; } = null!;

    public RawLedgerRows Raw { get; private set; } = null!;

    public static async Task<LedgerStage> OpenAsync(int books)
    {
        var own = BenchRun.StartStorage();
        try
        {
            var stage = new LedgerStage(own, await BenchHost.StartAsync(own, sample: 16));
            var customers = stage.Customers = await LedgerCustomers.OpenAsync(stage.Host, books);
            stage.Raw = await RawLedgerRows.OpenAsync(own, books);
            await Parallel.ForEachAsync(Enumerable.Range(0, books), async (book, _) => await customers.TransferAsync(book, (book + 1) % books));
            return stage;
        }
        catch
        {
            own.Stop();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        storage.Stop();
    }
}
