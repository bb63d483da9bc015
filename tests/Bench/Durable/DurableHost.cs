using System.Net;
using System.Net.Sockets;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench.Durable;

/// <summary>A host of <see cref="DurableWork"/> alone, with a clock that can be moved.</summary>
internal sealed class DurableHost : IAsyncDisposable
{
    private readonly IHost host;

    private DurableHost(IHost host, HubCalls calls, DurableEnds ends, MovableTime time) => (this.host, Calls, Ends, Time) = (host, calls, ends, time);

    public HubCalls Calls { get; }

    public DurableEnds Ends { get; }

    public MovableTime Time { get; }

    public DurableTaskClient Client => Ends.Client!;

    public static async Task<DurableHost> StartAsync(Azurite storage)
    {
        var (port, calls, ends, time) = (FreePort(), new HubCalls(), new DurableEnds(), new MovableTime());
        var builder = FunctionsApplication.CreateBuilder(["--port", $"{port}", "--functions-assembly", "Bench", "--functions-prefix", typeof(DurableWork).FullName!]);
        builder.ConfigureFunctionsWebApplication();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["AzureFunctionsJobHost:extensions:durableTask:hubName"] = "BenchHub",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<HttpPipelinePolicy>(calls).AddSingleton(ends).AddSingleton<TimeProvider>(time);
        var built = builder.Build();
        var console = Console.Out;
        Console.SetOut(TextWriter.Null); // the list of functions is not part of the report
        await built.StartAsync();
        Console.SetOut(console);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/client"));
        answer.EnsureSuccessStatusCode();
        return new DurableHost(built, calls, ends, time);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        Ends.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Counts the engine's calls, without the rounds that it makes whether or not there is work: its lease, its looks for news.</summary>
internal sealed class HubCalls : CallCounter
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var uri = Uri.UnescapeDataString(message.Request.Uri.ToString());
        if (!uri.Contains("'lease'", StringComparison.Ordinal) && !(message.Request.Method == RequestMethod.Get && uri.Contains("HubWork", StringComparison.Ordinal)))
        {
            Count();
        }
    }
}

/// <summary>Real time plus what was added.</summary>
internal sealed class MovableTime : TimeProvider
{
    private long offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref offset));

    public void Advance(TimeSpan time) => Interlocked.Add(ref offset, time.Ticks);
}
