using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Local;

/// <summary>Starts and stops everything in the one order that loses nothing.</summary>
internal sealed class LocalHost(
    WebApplication application, IReadOnlyList<LocalFunction> functions, IReadOnlyList<ITriggerListener> listeners, Task<Azurite?> azurite) : IHost, IAsyncDisposable
{
    /// <summary>How long running invocations may go on after a stop before their tokens are cancelled, and again after that.</summary>
    private TimeSpan Grace => application.Configuration.GetValue("drain-grace", TimeSpan.FromSeconds(5));

    public IServiceProvider Services => application.Services;

    private string Address => Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static LocalHost Create(WebApplicationBuilder builder, IReadOnlyList<Assembly> assemblies, IReadOnlyList<LocalExtension> extensions)
    {
        // Asked before anything is started; Kestrel's own failure would come late, and with a page of log.
        if (!IsFree(Port(builder.Configuration))) throw PortTaken(builder.Configuration);
        // Node takes a second to start; the app is put together meanwhile.
        var storage = builder.Configuration["AzureWebJobsStorage"];
        var azurite = Task.Run(() => Azurite.EnsureAsync(storage, Environment.GetEnvironmentVariable("AZURITE_DIR")));
        try
        {
            var functions = Discovery.Functions(assemblies, builder.Configuration["functions-prefix"] ?? "", extensions);
            var application = builder.Build();
            foreach (var extension in extensions) extension.ConfigureApplication(application, functions);
            var listeners = functions.GroupBy(f => f.Trigger.Extension)
                .Select(g => g.Key.CreateListener([.. g], application.Services))
                .OfType<ITriggerListener>().ToList();
            return new LocalHost(application, functions, listeners, azurite);
        }
        catch
        {
            ReleaseAsync(azurite).GetAwaiter().GetResult();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await azurite;
            await application.StartAsync(cancellationToken);
            application.Configuration["WEBSITE_HOSTNAME"] ??= new Uri(Address).Authority;
            foreach (var listener in listeners) await listener.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is HostStartException or IOException { InnerException: AddressInUseException })
        {
            await ReleaseAsync(azurite);
            var reason = e as HostStartException ?? PortTaken(application.Configuration);
            throw application.Configuration["functions-assembly"] is null ? Report(reason) : reason;
        }
        Announce();
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.StopApplication();
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopping = listeners.Select(l => l.StopAsync(abandon.Token)).Append(Services.GetRequiredService<IServer>().StopAsync(abandon.Token)).ToList();
        if (!await Services.GetRequiredService<RunningInvocations>().DrainAsync(Grace))
            Services.GetRequiredService<ILogger<LocalHost>>().LogWarning("Some invocations did not end within {Grace} of being cancelled; they are abandoned", Grace);
        var stopped = Task.WhenAll(stopping);
        await Task.WhenAny(stopped, Task.Delay(Grace, CancellationToken.None));
        await abandon.CancelAsync();
        await stopped;
        await application.StopAsync(cancellationToken);
        await ReleaseAsync(azurite);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        foreach (var listener in listeners.OfType<IDisposable>()) listener.Dispose();
        await ReleaseAsync(azurite);
    }

    /// <summary>
    /// A program that cannot start says why in one sentence and ends with 1. Where the host is embedded in another
    /// program (a test), the exception is that program's to handle.
    /// </summary>
    public static T Reporting<T>(Func<T> start, bool embedded)
    {
        try
        {
            return start();
        }
        catch (HostStartException e) when (!embedded)
        {
            throw Report(e);
        }
    }

    public static void Reporting(Action start, bool embedded) => Reporting(() => { start(); return 0; }, embedded);

    private static HostStartException Report(HostStartException reason)
    {
        Console.Error.WriteLine(reason.Message);
        Environment.Exit(1);
        return reason;
    }

    public static int Port(IConfiguration configuration) => configuration.GetValue("port", 7071);

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static HostStartException PortTaken(IConfiguration configuration) =>
        new($"Port {Port(configuration)} is taken; stop what listens there, or start with --port and another number.");

    /// <summary>The storage goes last: whatever stops before may still have something to write.</summary>
    private static async Task ReleaseAsync(Task<Azurite?> azurite)
    {
        try
        {
            if (await azurite is { } running) await running.DisposeAsync();
        }
        catch (HostStartException)
        {
            // It never ran, and whoever awaited it at the start has said so.
        }
    }

    private void Announce()
    {
        Console.WriteLine("\nFunctions:\n");
        foreach (var function in functions) Console.WriteLine($"\t{function.Name}: {function.Trigger.Extension.Display(function, Address)}\n");
    }
}
