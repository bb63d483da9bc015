using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using Xunit;
using Xunit.Abstractions;

namespace Functions.Tests.Withdrawals;

/// <summary>
/// The walk over every storage step of what is done to a withdrawal: it is cancelled, approved, returned or terminated, from the
/// n-th storage call on the host reaches its storage no more, and a fresh host takes over. However far the act had come, said
/// again it is done once, the money is right, and the customer is told each thing once.
/// </summary>
public sealed class WithdrawalActCrashTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_is_done_to_a_withdrawal_and_abandoned_at_any_storage_step_is_done_once()
    {
        var steps = await Task.WhenAll(
            WalkAsync("cancel", HandedBackAsync, (lane, id, key) => lane.Owner.Client.SendAsync(HttpMethod.Post, $"/api/v1/withdrawals/{id}/cancel", null, key), "cancelled", 0),
            WalkAsync("terminate", HandedBackAsync, (lane, id, key) => lane.Staff.SendAsync(HttpMethod.Post, $"/api/v1/admin/workflows/{id}/terminate", null, key), "cancelled", 0),
            WalkAsync("approve", InReviewAsync, DecideAsync, "submitted", 1, customers: 45),
            WalkAsync("return", SettledAsync, (lane, id, _) => lane.Bank.DecideAsync(lane.Payouts[id], "return"), "returned", 1));
        output.WriteLine($"Storage calls until done, by act: {string.Join(", ", steps)}");
    }

    /// <summary>Walks the steps 1, 2, 3, … until the act has its end before its n-th call.</summary>
    private static async Task<int> WalkAsync(
        string act, Func<Lane, int, Task<string>> prepare, Func<Lane, string, string, Task<WalletAnswer>> say, string end, int payouts, int customers = 3)
    {
        await using var lane = await Lane.OpenAsync(customers);
        for (var step = 1; ; step++)
        {
            await lane.NextOwnerAsync();
            var id = await prepare(lane, step);
            var (available, held) = await lane.Owner.WalletAsync();
            lane.Cut.After(step);
            var saying = TryAsync(() => say(lane, id, $"{act}-{step}"));
            var ended = EndsAsync(lane, id, end);
            await Task.WhenAny(ended, lane.Cut.Tripped);
            var calls = lane.Cut.Calls;
            lane.Cut.After(int.MaxValue);
            var isDone = await ended && !lane.Cut.Tripped.IsCompleted;
            if (!isDone)
            {
                await lane.RestartAsync();
                await saying;

                // Said again under another key, as another person would; the first may have been chosen already, and the clock carries it out.
                var again = await TryAsync(() => say(lane, id, $"{act}-{step}-again"));
                (again is { Status: HttpStatusCode.OK or HttpStatusCode.Conflict }).ShouldBeTrue($"{act} after a cut at storage call {step}: {again}");
                await lane.Bank.AdvanceAsync(TimeSpan.FromMinutes(2));
            }

            await lane.Owner.UntilAsync(id, end, Patience);
            var seen = await lane.Owner.ReadAsync(id);
            var total = (long)seen["amount"]!["amount"]! + (long)seen["fee"]!["amount"]!;
            (await lane.Owner.WalletAsync()).ShouldBe(end switch { "submitted" => (available, held), "returned" => (available + total, 0), _ => (available + held, 0) }, $"{act} after a cut at storage call {step}");
            (await lane.Bank.PayoutsAsync(id)).Count.ShouldBe(payouts);
            await lane.ShouldBeToldOnceAsync();
            if (isDone)
            {
                return calls;
            }
        }
    }

    private static async Task<string> HandedBackAsync(Lane lane, int step)
    {
        await lane.Bank.BehaveAsync("down");
        var id = await lane.Owner.WithdrawAsync(1_00 + step);
        await lane.Owner.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        return id;
    }

    private static async Task<string> InReviewAsync(Lane lane, int step)
    {
        await lane.Bank.BehaveAsync("silent");
        await WithdrawalFixture.FundAsync(lane.Owner);
        var (id, _) = await WithdrawalFixture.AskLargeAsync(lane.Owner);
        await lane.ReviewAsync(id);
        return id;
    }

    private static async Task<string> SettledAsync(Lane lane, int step)
    {
        await lane.Bank.BehaveAsync("settle", 0);
        var id = await lane.Owner.WithdrawAsync(1_00 + step);
        await lane.Owner.UntilAsync(id, "settled", Patience);
        lane.Payouts[id] = await lane.Bank.PayoutAsync(id);
        return id;
    }

    private static async Task<WalletAnswer> DecideAsync(Lane lane, string id, string key) => await lane.Staff.SendAsync(
        HttpMethod.Post, $"/api/v1/reviews/{lane.Reviews[id]}/decision", new JsonObject { ["decision"] = "approve", ["reason"] = "looked at" }, key);

    private static async Task<bool> EndsAsync(Lane lane, string id, string end)
    {
        while (!lane.Cut.Tripped.IsCompleted)
        {
            var seen = await TryAsync(() => lane.Owner.Client.GetAsync($"/api/v1/withdrawals/{id}"));
            if (seen is { Status: HttpStatusCode.OK } && (string)seen.Body!["status"]! == end)
            {
                return true;
            }

            await Task.Delay(30);
        }

        return false;
    }

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

    /// <summary>A storage of its own, the host that serves it now, and who speaks to it.</summary>
    private sealed class Lane : IAsyncDisposable
    {
        private readonly string storage = Azurite.Shared.NewAccount();
        private readonly Queue<JsonNode> people = new();
        private TestApp app = null!;

        public StorageCut Cut { get; private set; } = new();

        public BankSide Bank { get; private set; } = null!;

        public Customer Owner { get; private set; } = null!;

        public WalletClient Staff { get; private set; } = null!;

        public Dictionary<string, string> Payouts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Reviews { get; } = new(StringComparer.Ordinal);

        public static async Task<Lane> OpenAsync(int customers)
        {
            var lane = new Lane();
            lane.app = await WithdrawalCrashTests.StartAsync(lane.storage, lane.Cut);
            lane.Bank = new BankSide(() => lane.app.Address);
            var seed = await WalletClient.SeedAsync(lane.app.Address, customers);
            foreach (var person in seed["customers"]!.AsArray())
            {
                lane.people.Enqueue(person!.DeepClone());
            }

            lane.Staff = new WalletClient(() => lane.app.Address);
            await lane.Staff.SignInAsync(seed["admins"]![0]!);
            return lane;
        }

        /// <summary>Somebody else each time, so that the card is new, as long as there is anybody.</summary>
        public async Task NextOwnerAsync() => Owner = people.Count > 3 || Owner is null ? await Customer.SignInAsync(() => app.Address, people.Dequeue()) : Owner;

        public async Task RestartAsync()
        {
            await app.DisposeAsync();
            Cut = new StorageCut();
            app = await WithdrawalCrashTests.StartAsync(storage, Cut);
        }

        public async Task ReviewAsync(string id) => Reviews[id] = (string)(await Eventually.Some(
            "the review is in the queue",
            async () => (await Staff.GetAsync("/api/v1/reviews?kind=withdrawal")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray().FirstOrDefault(item => (string)item!["subjectId"]! == id)))!["reviewId"]!;

        /// <summary>Whatever was handed to the provider so far, nothing of it twice: every line of one withdrawal reads differently.</summary>
        public async Task ShouldBeToldOnceAsync()
        {
            var phone = Uri.EscapeDataString((string)Owner.Person["phone"]!);
            var sent = (await Staff.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/sandbox/outbox?to={phone}&limit=200"))).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
                .Where(item => (string)item!["channel"]! == "sms").Select(item => (string)item!["text"]!).ToList();
            sent.ShouldBeUnique();
        }

        public async ValueTask DisposeAsync()
        {
            Staff.Dispose();
            await app.DisposeAsync();
        }
    }
}
