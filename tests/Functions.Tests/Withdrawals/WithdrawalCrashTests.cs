using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Shouldly;
using WalletFunctions.Tests.EndToEnd;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;
using Xunit.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Functions.Tests.Withdrawals;

/// <summary>
/// The walk over every storage step: a withdrawal is begun, from its n-th write on the host reaches its storage no
/// more, a fresh host on the same storage takes over. However far it had come, it ends rightly and once.
/// </summary>
public sealed class WithdrawalCrashTests(ITestOutputHelper output)
{
    /// <summary>Hosts walk side by side, each with a storage account of its own: mostly they wait.</summary>
    private const int Lanes = 4;

    private const long Fen = 1_00;

    [Fact]
    public async Task A_withdrawal_abandoned_at_any_storage_step_ends_rightly_and_once()
    {
        var lengths = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(WalkAsync));
        output.WriteLine($"Writes until settled, by lane: {string.Join(", ", lengths)}");
    }

    /// <summary>Walks the steps n = lane + 1, lane + 1 + <see cref="Lanes"/>, … until a withdrawal ends before its n-th call.</summary>
    private static async Task<int> WalkAsync(int lane)
    {
        var storage = Azurite.Shared.NewAccount();
        var cut = new StorageCut();
        var app = await StartAsync(storage, cut);
        try
        {
            // ReSharper disable once AccessToModifiedClosure: the customer talks to whichever host is up.
            var bank = new BankSide(() => app.Address);
            var person = (await WalletClient.SeedAsync(app.Address))["customers"]![0]!;
            var customer = await Customer.SignInAsync(() => app.Address, person);
            var (before, _) = await customer.WalletAsync();
            for (var step = lane + 1; ; step += Lanes)
            {
                var key = $"step-{step}";
                await bank.BehaveAsync("settle", 0);
                cut.After(step);
                var asking = TryAsync(() => customer.AskAsync(Fen, key));
                if (await Task.WhenAny(asking, cut.Tripped) == asking && await asking is { Status: HttpStatusCode.Accepted } answered
                    && await SettlesAsync(customer, (string)answered.Body!["withdrawalId"]!, cut))
                {
                    return cut.Calls;
                }

                await cut.Tripped.WaitAsync(TimeSpan.FromSeconds(30));
                await app.DisposeAsync();
                await asking;
                cut = new StorageCut();
                app = await StartAsync(storage, cut);

                // The customer asks again with the same key, as anybody would whose answer was lost.
                var answer = await customer.Client.PostUntilAnsweredAsync("/api/v1/withdrawals", customer.Order(Fen), key, TimeSpan.FromSeconds(30));
                answer.Expect(HttpStatusCode.Accepted);
                var id = (string)answer.Body!["withdrawalId"]!;
                await customer.UntilAsync(id, "settled", TimeSpan.FromSeconds(60));
                (await bank.PayoutsAsync(id)).ShouldHaveSingleItem();
                before -= Fen;
                (await customer.WalletAsync()).ShouldBe((before, 0), $"after a cut at storage call {step}");
            }
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    internal static Task<TestApp> StartAsync(string storage, StorageCut cut) => TestApp.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<HttpPipelinePolicy>(cut);

            // Whoever comes after a death need not wait until what it left behind is old enough to be swept.
            builder.Services.AddSingleton(new LedgerOptions { IntentAge = TimeSpan.Zero, CommandBudget = TimeSpan.FromSeconds(5) });
        },
        storage,
        new Dictionary<string, string?> { ["drain-grace"] = "00:00:00.1" });

    private static async Task<WalletAnswer?> TryAsync(Func<Task<WalletAnswer>> request)
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

    /// <summary>Whether it settles before the cut comes.</summary>
    private static async Task<bool> SettlesAsync(Customer customer, string id, StorageCut cut)
    {
        while (!cut.Tripped.IsCompleted)
        {
            var answer = await TryAsync(() => customer.Client.GetAsync($"/api/v1/withdrawals/{id}"));
            if (answer is { Status: HttpStatusCode.OK } && (string)answer.Body!["status"]! == "settled")
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }
}

/// <summary>Cuts the storage off: from a chosen write on, no call gets through. Every other time the write itself still lands, and only its answer is lost.</summary>
internal sealed class StorageCut : HttpPipelinePolicy
{
    private readonly TaskCompletionSource tripped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int allowed = int.MaxValue;
    private int calls;

    /// <summary>Completes at the cut.</summary>
    public Task Tripped => tripped.Task;

    /// <summary>Writes since <see cref="After"/>.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>Lets this many writes through from now on, the last perhaps without its answer.</summary>
    public void After(int count)
    {
        Volatile.Write(ref calls, 0);
        Volatile.Write(ref allowed, count);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        ProcessAsync(message, pipeline).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var url = message.Request.Uri.ToString();
        if (url.Contains("lease", StringComparison.Ordinal))
        {
            // Works on, so that the next host need not wait for the lease to run out.
            await ProcessNextAsync(message, pipeline);
            return;
        }

        // What is read leaves nothing behind: whoever dies before it or after it dies in one and the same state of the storage.
        // And the rounds of the clock are not steps of the withdrawal.
        var isStep = message.Request.Method != RequestMethod.Get && !url.Contains("settings(", StringComparison.Ordinal);
        var call = isStep ? Interlocked.Increment(ref calls) : Volatile.Read(ref calls);
        var limit = Volatile.Read(ref allowed);
        if (call > limit || tripped.Task.IsCompleted)
        {
            tripped.TrySetResult();
            throw new RequestFailedException(503, "The storage is cut off.");
        }

        await ProcessNextAsync(message, pipeline);
        if (isStep && call == Volatile.Read(ref allowed) && call % 2 == 0)
        {
            tripped.TrySetResult();
            throw new RequestFailedException(503, "The storage was cut off before its answer came.");
        }
    }
}
