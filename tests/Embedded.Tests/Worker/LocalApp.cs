using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Embedded.Tests.Worker;

/// <summary>What the functions under test did, in order.</summary>
public sealed class Journal
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Write(string line) => _lines.Enqueue(line);

    public int Count(string line) => _lines.Count(l => l == line);
}

/// <summary>An app on the local host, in this process: the functions of one class, on a free port.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    private readonly IHost _host;

    private LocalApp(IHost host)
    {
        _host = host;
        Client = new HttpClient { BaseAddress = new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public HttpClient Client { get; }
    public IServiceProvider Services => _host.Services;
    public Journal Journal => Services.GetRequiredService<Journal>();

    public static FunctionsApplicationBuilder Builder(Type functions, params string[] settings)
    {
        var builder = FunctionsApplication.CreateBuilder(
            ["--port", "0", "--functions-assembly", "Embedded.Tests", "--functions-prefix", functions.FullName!, .. settings]);
        builder.Services.AddSingleton<Journal>();
        return builder;
    }

    public static Task<LocalApp> StartAsync(Type functions, params string[] settings) => StartAsync(functions, _ => { }, settings);

    public static async Task<LocalApp> StartAsync(Type functions, Action<FunctionsApplicationBuilder> configure, params string[] settings)
    {
        var builder = Builder(functions, settings);
        builder.ConfigureFunctionsWebApplication();
        configure(builder);
        var host = builder.Build();
        await host.StartAsync();
        return new LocalApp(host);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
