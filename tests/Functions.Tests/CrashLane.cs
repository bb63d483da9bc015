using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Notifications;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.Wallet;

namespace Functions.Tests;

/// <summary>
/// A storage of its own and the host that serves it now, for walks over storage steps: something is said, from the n-th write on
/// the host reaches its storage no more, and a fresh host takes over.
/// </summary>
internal abstract class CrashLane : IAsyncDisposable
{
    /// <summary>Ends only a walk that has already failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string storage = Azurite.NewAccount();

    protected TestApp App { get; private set; } = null!;

    protected StorageCut Cut { get; private set; } = new();

    /// <summary>Writes since the last thing that was said.</summary>
    public int Writes => Cut.Calls;

    /// <summary>The demo admin.</summary>
    public WalletClient Staff { get; private set; } = null!;

    /// <summary>Serves a storage until it is cut off.</summary>
    public static Task<TestApp> StartAsync(string storage, StorageCut cut) => TestApp.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<HttpPipelinePolicy>(cut);

            // Whoever comes after a death need not wait until what it left behind is old enough to be swept, and no message is too old for it.
            builder.Services.AddSingleton(new LedgerOptions { IntentAge = TimeSpan.Zero, CommandBudget = TimeSpan.FromSeconds(5) });
            builder.Services.AddSingleton(new NotificationOptions { Lease = TimeSpan.FromSeconds(2), MaxAge = TimeSpan.FromDays(1_000) });
        },
        storage,
        new Dictionary<string, string?> { ["drain-grace"] = "00:00:00.1" });

    /// <summary>The answer; null from a host that died over it.</summary>
    public static async Task<WalletAnswer?> TryAsync(Func<Task<WalletAnswer>> request)
    {
        try
        {
            return await request();
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Says something with the storage cut off from the n-th write on; where the cut comes before all is done, a fresh host takes over.</summary>
    /// <param name="step">n, from 1.</param>
    /// <param name="say">What is said.</param>
    /// <param name="isReached">Whether what it leads to is there.</param>
    /// <param name="quiet">Nothing more is written for it, if nothing was for so long.</param>
    /// <returns>Whether all was done before the cut, after how many writes, and what was answered.</returns>
    public async Task<(bool IsDone, int Writes, WalletAnswer? Answer)> CutAsync(int step, Func<Task<WalletAnswer>> say, Func<Task<bool>> isReached, TimeSpan quiet)
    {
        Cut.After(step);
        var saying = TryAsync(say);
        var ended = EndsAsync(saying, isReached, quiet);
        await Task.WhenAny(ended, Cut.Tripped);
        var writes = Cut.Calls;
        Cut.After(int.MaxValue);
        var isDone = !Cut.Tripped.IsCompleted && await ended && !Cut.Tripped.IsCompleted;
        if (!isDone)
        {
            await App.DisposeAsync();
            Cut = new StorageCut();
            App = await StartAsync(storage, Cut);
        }

        return (isDone, writes, await saying);
    }

    public Task<WalletAnswer> AdvanceAsync(TimeSpan by) =>
        Staff.SendAsync(HttpMethod.Put, "/api/sandbox/clock", new JsonObject { ["advance"] = by.ToString("c", CultureInfo.InvariantCulture) });

    public Task UntilRuntimeAsync(string id, params string[] runtimes) => Eventually.True(
        $"workflow {id} is {string.Join(" or ", runtimes)}",
        async () => (string?)(await Staff.GetAsync($"/api/v1/admin/workflows/{id}")).Body?["runtime"] is { } runtime && runtimes.Contains(runtime, StringComparer.Ordinal),
        Patience);

    /// <summary>Looks for notices that a dead host has left.</summary>
    public Task SweepNoticesAsync() => App.Services.GetRequiredService<NoticeSweep>().RunAsync(CancellationToken.None);

    public virtual async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        await App.DisposeAsync();
    }

    /// <summary>Serves, with the admin signed in.</summary>
    /// <returns>The demo people.</returns>
    protected async Task<JsonObject> SeedAsync(int customers)
    {
        App = await StartAsync(storage, Cut);
        var seed = await WalletClient.SeedAsync(App.Address, customers);
        Staff = await SignInAsync(seed["admins"]![0]!);
        return seed;
    }

    /// <summary>Somebody who talks to whichever host is up.</summary>
    protected async Task<WalletClient> SignInAsync(JsonNode person)
    {
        var client = new WalletClient(() => App.Address);
        await client.SignInAsync(person);
        return client;
    }

    /// <summary>Whether all is done before the cut comes: what it leads to is there, it is answered, and what follows both has been written.</summary>
    private async Task<bool> EndsAsync(Task<WalletAnswer?> saying, Func<Task<bool>> isReached, TimeSpan quiet)
    {
        var (isThere, writes) = (false, -1);
        while (!Cut.Tripped.IsCompleted)
        {
            if (!isThere)
            {
                isThere = await isReached();
                await Task.Delay(30);
                continue;
            }

            if (saying.IsCompleted && writes == Cut.Calls)
            {
                return true;
            }

            writes = Cut.Calls;
            await Task.WhenAny(Task.Delay(quiet), Cut.Tripped);
        }

        return false;
    }
}
