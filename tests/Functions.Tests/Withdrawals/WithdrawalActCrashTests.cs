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
/// The walk over every storage step of what is done to a withdrawal: it is cancelled, approved, denied, left until its review is
/// over, returned, terminated or restarted; from the n-th write on the host reaches its storage no more, and a fresh host
/// takes over. However far the act had come, said again it is done once, the money is right, and the customer is told each thing once.
/// </summary>
public sealed class WithdrawalActCrashTests(ITestOutputHelper output)
{
    private static readonly Act Cancel = new("cancel", HandedBackAsync, (lane, id, key) => lane.Owner.Client.SendAsync(HttpMethod.Post, $"/api/v1/withdrawals/{id}/cancel", null, key), "cancelled", 0);
    private static readonly Act Return = new("return", SettledAsync, (lane, id, _) => lane.Bank.DecideAsync(lane.Payouts[id], "return"), "returned", 1);
    private static readonly Act Terminate = new("terminate", HandedBackAsync, (lane, id, key) => OperateAsync(lane, id, "terminate", key), "cancelled", 0);
    private static readonly Act EndLost = new("terminate-lost", LostAsync, (lane, id, key) => OperateAsync(lane, id, "terminate", key), "cancelled", 0);
    private static readonly Act Approve = new("approve", InReviewAsync, (lane, id, key) => DecideAsync(lane, id, "approve", key), "submitted", 1) { NeedsNewCard = true };
    private static readonly Act Deny = new("deny", InReviewAsync, (lane, id, key) => DecideAsync(lane, id, "deny", key), "rejected", 0);
    private static readonly Act Expire = new("expire", InReviewAsync, (lane, id, key) => lane.AdvanceAsync(TimeSpan.FromDays(1.01)), "rejected", 0) { Quiet = TimeSpan.FromSeconds(1.5) };

    /// <summary>Said once: whoever began it need not come again. Then the bank pays, which the orchestration must hear.</summary>
    private static readonly Act Restart = new("restart", SubmittedAsync, (lane, id, key) => OperateAsync(lane, id, "restart", key), "settled", 1)
    {
        After = async (lane, id) =>
        {
            await lane.UntilRuntimeAsync(id, "running");
            (await lane.Bank.DecideAsync(lane.Payouts[id], "settle")).Expect(HttpStatusCode.OK);
            await lane.UntilRuntimeAsync(id, "completed");
        },
    };

    [Fact]
    public async Task What_is_done_to_a_withdrawal_and_abandoned_at_any_storage_step_is_done_once()
    {
        // Lanes side by side, each a host with a storage of its own.
        var steps = await Task.WhenAll(WalkAsync(3, Cancel, Return, Terminate), WalkAsync(3, Deny, Restart), WalkAsync(45, Approve), WalkAsync(3, Expire, EndLost));
        output.WriteLine($"Writes until done, by act: {string.Join(", ", steps.SelectMany(lane => lane))}");
    }

    private static async Task<IReadOnlyList<string>> WalkAsync(int customers, params Act[] acts)
    {
        await using var lane = await Lane.OpenAsync(customers);
        var lengths = new List<string>();
        foreach (var act in acts)
        {
            var length = await WalkAsync(lane, act);
            lengths.Add(string.Create(CultureInfo.InvariantCulture, $"{act.Name} {length}"));
        }

        return lengths;
    }

    /// <summary>Walks the steps 1, 2, 3, … until the act has its end before its n-th write.</summary>
    private static async Task<int> WalkAsync(Lane lane, Act act)
    {
        for (var step = 1; ; step++)
        {
            if (step == 1 || act.NeedsNewCard)
            {
                await lane.NextOwnerAsync();
            }

            var id = await act.Prepare(lane);
            var (available, held) = await lane.Owner.WalletAsync();
            var (isDone, writes, _) = await lane.CutAsync(
                step,
                () => act.Say(lane, id, $"{act.Name}-{step}"),
                async () => act.After is not null
                    || (await CrashLane.TryAsync(() => lane.Owner.Client.GetAsync($"/api/v1/withdrawals/{id}")) is { Status: HttpStatusCode.OK } seen && (string)seen.Body!["status"]! == act.End),
                act.Quiet);
            if (!isDone && act.After is null)
            {
                // Said again under another key, as another person would; the first may have been chosen already, and the clock carries it out.
                var again = await CrashLane.TryAsync(() => act.Say(lane, id, $"{act.Name}-{step}-again"));
                (again is { Status: HttpStatusCode.OK or HttpStatusCode.Conflict }).ShouldBeTrue($"{act.Name} after a cut at storage call {step}: {again}");
                await lane.AdvanceAsync(TimeSpan.FromMinutes(2));
            }

            if (act.After is { } after)
            {
                await after(lane, id);
            }

            await lane.Owner.UntilAsync(id, act.End, CrashLane.Patience);
            var seen = await lane.Owner.ReadAsync(id);
            var total = (long)seen["amount"]!["amount"]! + (long)seen["fee"]!["amount"]!;
            (await lane.Owner.WalletAsync()).ShouldBe(
                act.End switch
                {
                    "submitted" => (available, held),
                    "settled" => (available, held - total),
                    "returned" => (available + total, 0),
                    _ => (available + held, 0),
                },
                $"{act.Name} after a cut at storage call {step}");
            (await lane.Bank.PayoutsAsync(id)).Count.ShouldBe(act.Payouts);
            await lane.ShouldBeLeftByAllAsync(id, isOver: act.End != "submitted");
            await lane.ShouldBeToldOnceAsync();
            if (isDone)
            {
                return writes;
            }
        }
    }

    private static async Task<string> HandedBackAsync(Lane lane)
    {
        await lane.Bank.BehaveAsync("down");
        var id = await lane.Owner.WithdrawAsync(lane.NextAmount());
        await lane.Owner.UntilAsync(id, "handed back", seen => seen.Steps().Count == 2);
        return id;
    }

    private static async Task<string> InReviewAsync(Lane lane)
    {
        await lane.Bank.BehaveAsync("silent");
        await lane.FundAsync();
        var (id, _) = await WithdrawalFixture.AskLargeAsync(lane.Owner, WithdrawalFixture.Large + lane.NextAmount());
        await lane.ReviewAsync(id);
        return id;
    }

    private static async Task<string> SubmittedAsync(Lane lane)
    {
        await lane.Bank.BehaveAsync("silent");
        var id = await lane.Owner.WithdrawAsync(lane.NextAmount());
        await lane.Owner.UntilAsync(id, "submitted", CrashLane.Patience);
        lane.Payouts[id] = await lane.Bank.PayoutAsync(id);
        return id;
    }

    private static async Task<string> LostAsync(Lane lane)
    {
        var id = await SubmittedAsync(lane);

        // A step that is cut at its very end asks the bank again, and sends it anew what it has lost.
        await lane.Owner.UntilItWaitsAsync(id, lane.Staff);
        (await lane.Bank.DecideAsync(lane.Payouts[id], "lose")).Expect(HttpStatusCode.OK);
        return id;
    }

    private static async Task<string> SettledAsync(Lane lane)
    {
        await lane.Bank.BehaveAsync("settle", 0);
        var id = await lane.Owner.WithdrawAsync(lane.NextAmount());
        await lane.Owner.UntilAsync(id, "settled", CrashLane.Patience);
        lane.Payouts[id] = await lane.Bank.PayoutAsync(id);
        return id;
    }

    private static Task<WalletAnswer> OperateAsync(Lane lane, string id, string act, string key) =>
        lane.Staff.SendAsync(HttpMethod.Post, $"/api/v1/admin/workflows/{id}/{act}", null, key);

    private static Task<WalletAnswer> DecideAsync(Lane lane, string id, string decision, string key) => lane.Staff.SendAsync(
        HttpMethod.Post, $"/api/v1/reviews/{lane.Reviews[id]}/decision", new JsonObject { ["decision"] = decision, ["reason"] = "looked at" }, key);

    /// <summary>Something that is done to a withdrawal.</summary>
    /// <param name="Prepare">Brings a withdrawal to where it can be done.</param>
    /// <param name="Say">Does it, under a key.</param>
    /// <param name="End">The status that it leads to.</param>
    /// <param name="Payouts">How many the bank then has.</param>
    private sealed record Act(string Name, Func<Lane, Task<string>> Prepare, Func<Lane, string, string, Task<WalletAnswer>> Say, string End, int Payouts)
    {
        /// <summary>Nothing more is written for it, if nothing was for so long.</summary>
        public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(300);

        /// <summary>Whether every attempt is somebody else's, because it makes the bank card a known one, at which no person looks.</summary>
        public bool NeedsNewCard { get; init; }

        /// <summary>What leads to the end where the act itself does not, and shows that it was brought to its own without being said again.</summary>
        public Func<Lane, string, Task>? After { get; init; }
    }

    /// <summary>A lane with the bank beside it and those whose withdrawals they are.</summary>
    private sealed class Lane : CrashLane
    {
        private readonly Queue<JsonNode> people = new();
        private readonly HashSet<Customer> funded = [];
        private int asked;

        public BankSide Bank { get; private set; } = null!;

        public Customer Owner { get; private set; } = null!;

        public Dictionary<string, string> Payouts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Reviews { get; } = new(StringComparer.Ordinal);

        public static async Task<Lane> OpenAsync(int customers)
        {
            var lane = new Lane();
            var seed = await lane.SeedAsync(customers);
            lane.Bank = new BankSide(() => lane.App.Address);
            foreach (var person in seed["customers"]!.AsArray())
            {
                lane.people.Enqueue(person!.DeepClone());
            }

            return lane;
        }

        public async Task NextOwnerAsync() => Owner = await Customer.SignInAsync(() => App.Address, people.Dequeue());

        public async Task FundAsync()
        {
            if (funded.Add(Owner))
            {
                await WithdrawalFixture.FundAsync(Owner);
            }
        }

        /// <summary>A different one each time, so that each message reads differently.</summary>
        public long NextAmount() => 1_00 + ++asked;

        public async Task ReviewAsync(string id) => Reviews[id] = (string)(await Eventually.Some(
            "the review is in the queue",
            async () => (await Staff.GetAsync("/api/v1/reviews?kind=withdrawal")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray().FirstOrDefault(item => (string)item!["subjectId"]! == id)))!["reviewId"]!;

        /// <summary>It waits in no queue any more, and where it is over nothing runs for it.</summary>
        public async Task ShouldBeLeftByAllAsync(string id, bool isOver)
        {
            await Eventually.True($"the review of {id} is closed", async () => !(await Staff.GetAsync("/api/v1/reviews?kind=withdrawal&limit=200")).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
                .Any(item => (string)item!["subjectId"]! == id));
            if (isOver)
            {
                await UntilRuntimeAsync(id, "completed", "terminated");
            }
        }

        /// <summary>Whatever was handed to the provider so far, nothing of it twice: every line of one withdrawal reads differently.</summary>
        public async Task ShouldBeToldOnceAsync()
        {
            var phone = Uri.EscapeDataString((string)Owner.Person["phone"]!);
            var sent = (await Staff.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/sandbox/outbox?to={phone}&limit=200"))).Expect(HttpStatusCode.OK).Body!["items"]!.AsArray()
                .Where(item => (string)item!["channel"]! == "sms").Select(item => (string)item!["text"]!).ToList();
            sent.ShouldBeUnique();
        }
    }
}
