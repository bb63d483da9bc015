using System.Net;
using System.Net.Sockets;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>
/// The whole app in this process, behind real HTTP, its storage calls counted. Where what clients begin goes on behind their
/// answer, they wait, without asking the app, until a function that is watched has ended; so the figures hold no reader's calls.
/// </summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IHost host;
    private readonly HostCalls calls;
    private readonly SemaphoreSlim ends;
    private readonly TableServiceClient tables;
    private long begun;

    private BenchHost(IHost host, HostCalls calls, SemaphoreSlim ends, int port, string connectionString)
    {
        (this.host, this.calls, this.ends, tables) = (host, calls, ends, new TableServiceClient(connectionString));
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/"), Timeout = Patience };
    }

    public HttpClient Http { get; }

    public CallCounter Calls => calls;

    public IServiceProvider Services => host.Services;

    /// <param name="storage">Nobody else's.</param>
    /// <param name="watched">The function whose successful end says that one is done; null where the answer says so.</param>
    /// <param name="sample">See <see cref="HostCalls"/>.</param>
    public static async Task<BenchHost> StartAsync(Azurite storage, string? watched = null, int sample = 1)
    {
        var (port, calls, ends) = (FreePort(), new HostCalls(storage, sample), new SemaphoreSlim(0));
        var builder = FunctionsApplication.CreateBuilder(["--port", $"{port}", "--functions-assembly", "WalletFunctions"]);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["Sandbox:Enabled"] = "true",
            ["Reconciliation:Schedule"] = "0 0 3 1 1 *", // never while something is measured
            ["WEBSITE_HOSTNAME"] = $"127.0.0.1:{port}",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddWallet();
        builder.Services.AddSingleton<HttpPipelinePolicy>(calls);
        builder.UseWhen(context => context.FunctionDefinition.Name == watched, async (_, next) =>
        {
            // An orchestrator's replay that only waits again never gets past this line.
            await next();
            ends.Release();
        });
        var built = builder.Build();
        var console = Console.Out;
        Console.SetOut(TextWriter.Null); // the list of functions is not part of the report
        await built.StartAsync();
        Console.SetOut(console);
        return new BenchHost(built, calls, ends, port, storage.ConnectionString);
    }

    /// <summary>A turn of clients that each begin one and wait for an end: whoever's, for there are as many of either.</summary>
    public Task TurnAsync(Tally tally, int clients, TimeSpan turn, Func<int, Task> begin) => tally.TurnAsync(clients, turn, calls, async client =>
    {
        await begin(client);
        Interlocked.Increment(ref begun);
        if (!await ends.WaitAsync(Patience))
        {
            throw new TimeoutException($"What was begun did not end within {Patience.TotalSeconds} seconds.");
        }
    });

    /// <summary>Whether everything that was begun since the start, warm-up included, is in storage as it should be.</summary>
    public async Task<string> CheckAsync(string table, string filter, string what)
    {
        var stored = 0L;
        await foreach (var _ in tables.GetTableClient(table).QueryAsync<TableEntity>(filter, select: ["RowKey"]))
        {
            stored++;
        }

        return stored == begun ? $"checked: {stored} {what}" : $"BROKEN: {begun} were begun, {stored} {what}";
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        Http.Dispose();
        calls.Dispose();
        ends.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
