using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WalletFunctions;
using WalletFunctions.TestSupport;

namespace Functions.Tests;

/// <summary>
/// The whole app, in this process, behind real HTTP, on an empty storage account of its own. Two apps on one account are
/// two hosts of one product.
/// </summary>
internal sealed class TestApp : IAsyncDisposable
{
    /// <summary>The collection of those who move money in <see cref="Shared"/>: they read balances of the same people, so one at a time.</summary>
    public const string SharedMoney = "money in the shared app";

    private static readonly Lazy<Task<TestApp>> OfProcess = new(() => StartAsync());

    private readonly IHost host;
    private readonly Lazy<Task<JsonElement>> seeded;

    private TestApp(IHost host, string connectionString, Uri address)
    {
        this.host = host;
        ConnectionString = connectionString;
        Address = address;
        Anonymous = new TestClient(Address, token: null);
        seeded = new(async () => (await Anonymous.PostAsync("sandbox/seed", body: null, key: null)).Must(HttpStatusCode.OK).Json);
    }

    /// <summary>One app for all tests that do not mind each other's data.</summary>
    public static Task<TestApp> Shared => OfProcess.Value;

    /// <summary>Ends in <c>/api/</c>.</summary>
    public Uri Address { get; }

    public string ConnectionString { get; }

    /// <summary>Somebody who is not signed in.</summary>
    public TestClient Anonymous { get; }

    public IServiceProvider Services => host.Services;

    /// <param name="configure">More services or settings, after the app's own.</param>
    /// <param name="connectionString">Another app's storage, to be a second host of it.</param>
    /// <param name="settings">On top of the sandbox's; a null removes one.</param>
    public static async Task<TestApp> StartAsync(
        Action<FunctionsApplicationBuilder>? configure = null,
        string? connectionString = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        connectionString ??= Azurite.NewAccount();
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var built = Build(port, configure, connectionString, settings);
            try
            {
                await built.StartAsync();
                return new TestApp(built, connectionString, new Uri($"http://127.0.0.1:{port}/api/"));
            }
            catch (Exception e) when (attempt < 5 && e.Message.Contains("is taken", StringComparison.Ordinal))
            {
                // Somebody else took the port between our asking for it and the host's.
                built.Dispose();
            }
        }
    }

    /// <summary>The app's parts on some app's storage, without a host that runs them: for steps that a test takes one by one.</summary>
    public static IHost Unstarted(string connectionString, Action<FunctionsApplicationBuilder>? configure = null) =>
        Build(0, configure, connectionString, settings: null);

    /// <summary>The demo people, as the sandbox answers them.</summary>
    public Task<JsonElement> PeopleAsync() => seeded.Value;

    /// <summary>A demo customer, signed in.</summary>
    /// <param name="index">0 to 2, or to what was seeded.</param>
    public async Task<TestClient> CustomerAsync(int index = 0) => await SignInAsync("customers", index);

    /// <summary>A demo merchant, signed in.</summary>
    public async Task<TestClient> MerchantAsync(int index = 0) => await SignInAsync("merchants", index);

    /// <summary>A demo agent, signed in with the second factor.</summary>
    public async Task<TestClient> AgentAsync(int index = 0) => await SignInAsync("agents", index);

    /// <summary>The demo supervisor, signed in with the second factor.</summary>
    public async Task<TestClient> SupervisorAsync() => await SignInAsync("supervisors", 0);

    /// <summary>The demo admin, signed in with the second factor.</summary>
    public async Task<TestClient> AdminAsync() => await SignInAsync("admins", 0);

    /// <summary>Signs in, with the second factor where one is asked for.</summary>
    public async Task<TestClient> SignInAsync(string phone, string password)
    {
        var answer = await Anonymous.PostAsync("v1/tokens", new { grant = "password", phone, password }, key: null);
        if (answer.Code == "totp_required")
        {
            var totp = (await Anonymous.GetAsync($"sandbox/totp?phone={phone}")).Must(HttpStatusCode.OK).Text("code");
            answer = await Anonymous.PostAsync("v1/tokens", new { grant = "password", phone, password, totp }, key: null);
        }

        return new TestClient(Address, answer.Must(HttpStatusCode.OK).Text("accessToken"));
    }

    /// <summary>Moves the business clock of all hosts on this storage.</summary>
    public async Task AdvanceAsync(TimeSpan by) => (await Anonymous.PutAsync("sandbox/clock", new { advance = by.ToString("c") })).Must(HttpStatusCode.OK);

    /// <summary>Stops serving, orderly; the storage stays.</summary>
    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        Anonymous.Dispose();
        host.Dispose();
    }

    private static IHost Build(int port, Action<FunctionsApplicationBuilder>? configure, string connectionString, IReadOnlyDictionary<string, string?>? settings)
    {
        var builder = FunctionsApplication.CreateBuilder(["--port", $"{port}", "--functions-assembly", "WalletFunctions"]);
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["AzureWebJobsStorage"] = connectionString,
            ["Sandbox:Enabled"] = "true",
            ["WEBSITE_HOSTNAME"] = $"127.0.0.1:{port}",
            ["drain-grace"] = "00:00:02",
            // Tests that want the reconciliation ask for it; to all others it would be a stranger among their calls.
            ["Reconciliation:Schedule"] = "0 0 3 1 1 *",
            ["Reviews:Schedule"] = "* * * * * *",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            values[name] = value;
        }

        builder.Configuration.AddInMemoryCollection(values);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddWallet();

        // Slow on purpose elsewhere; here people sign in hundreds of times, and it is the rest that is looked at.
        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1_000);
        configure?.Invoke(builder);
        return builder.Build();
    }

    private async Task<TestClient> SignInAsync(string kind, int index)
    {
        var person = (await PeopleAsync()).GetProperty(kind)[index];
        return await SignInAsync(person.GetProperty("phone").GetString()!, person.GetProperty("password").GetString()!);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
