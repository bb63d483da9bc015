using System.Text.Json;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;

namespace WalletFunctions.Soak;

/// <summary>One run of all clients against two hosts on an empty storage, from the first seed to the last check.</summary>
internal sealed class SoakRound : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Azurite storage;
    private readonly FaultProxy proxy;
    private readonly List<SoakCaller> callers = [];
    private SoakFailure? failure;

    private SoakRound(SoakPlan plan, Azurite storage, FaultProxy proxy, SoakHosts hosts)
    {
        (Plan, this.storage, this.proxy, Hosts) = (plan, storage, proxy, hosts);
        (Operator, Supervisor, Merchants) = (NewCaller("operator"), NewCaller("supervisor"), [NewCaller("merchant0"), NewCaller("merchant1")]);
    }

    public SoakPlan Plan { get; }

    public SoakHosts Hosts { get; }

    public SoakReport Report { get; } = new();

    public CancellationToken Stop => stop.Token;

    /// <summary>Turns the sandbox's knobs.</summary>
    public SoakCaller Operator { get; }

    /// <summary>Staff: freezes, classes, reviews.</summary>
    public SoakCaller Supervisor { get; }

    /// <summary>Who is paid, and asked for refunds.</summary>
    public IReadOnlyList<SoakCaller> Merchants { get; }

    /// <summary>The demo people, as the sandbox answers them.</summary>
    public JsonElement People { get; private set; }

    /// <summary>The business clock, to within the time that a phase takes.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Runs a plan.</summary>
    /// <returns>One line about what was done.</returns>
    /// <exception cref="SoakFailure">The product broke a rule; says how to see it again.</exception>
    public static async Task<string> RunAsync(SoakPlan plan)
    {
        var azurite = Azurite.Start();
        await using var faulty = await FaultProxy.StartAsync(azurite, HostProcess.FreePort());
        var hosts = await SoakHosts.StartAsync(azurite.ConnectionString.Replace($":{azurite.TablePort}/", $":{faulty.Port}/", StringComparison.Ordinal));
        await using var round = new SoakRound(plan, azurite, faulty, hosts);
        try
        {
            return await round.RunAsync();
        }
        catch (SoakFailure failed)
        {
            throw new SoakFailure($"Seed {plan.Seed}: {failed.Message}\nSee it again: dotnet run -c Release --project tests/Bench -- soak --seed {plan.Seed}\n{round.Report.Line(faulty.Done)}\nThe hosts' last words:\n{hosts.Output(25)}");
        }
    }

    /// <summary>Another caller, closed with the round.</summary>
    public SoakCaller NewCaller(string name)
    {
        lock (callers)
        {
            callers.Add(new SoakCaller(name, this, new Random(FaultPlan.Mix(Plan.Seed, 1_000 + callers.Count))));
            return callers[^1];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        callers.ForEach(caller => caller.Dispose());
        await Hosts.DisposeAsync();
        storage.Stop();
        stop.Dispose();
    }

    private async Task<string> RunAsync()
    {
        await MoveClockAsync(Plan.Phases[0]);
        People = Operator.Must(await Operator.AskAsync("POST", "sandbox/seed", SoakCaller.Json(new { customers = Plan.Customers, merchants = 2 })), 200).Json;
        await Supervisor.SignInAsync(People.GetProperty("supervisors")[0]);
        for (var i = 0; i < Merchants.Count; i++)
        {
            await Merchants[i].SignInAsync(People.GetProperty("merchants")[i]);
        }

        foreach (var partner in (string[])["bank", "acquirer"])
        {
            // Partners say nothing until they are told to: so what they do is part of the plan.
            Operator.Must(await Operator.AskAsync("PUT", $"sandbox/{partner}/behaviour", """{"mode":"silent"}"""), 200);
        }

        var exact = await Task.WhenAll(Enumerable.Range(0, Plan.Exact).Select(number => ExactClient.OpenAsync(this, number)));
        var common = await SharedWorld.OpenAsync(this);

        proxy.Follow(new FaultPlan(Plan.Seed));
        var shared = Task.WhenAll(common.Clients.Select(client => GuardAsync(() => client.RunAsync(Plan.OperationsPerPhase * Plan.Phases.Count))));
        using var killing = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var kills = GuardAsync(() => KillAsync(killing.Token));
        foreach (var phase in Plan.Phases)
        {
            if (phase != Plan.Phases[0])
            {
                await GuardAsync(() => MoveClockAsync(phase));
            }

            await Task.WhenAll(exact.Select(client => GuardAsync(client.RunPhaseAsync)));
        }

        await shared;
        await killing.CancelAsync();
        await kills;
        proxy.Follow(null);
        await proxy.SettleAsync();
        Throw();

        // The calm after the storm: what was told is what is stored.
        await Task.WhenAll(exact.Select(client => GuardAsync(client.CloseAsync)));
        Throw();
        await common.CheckAsync();
        await ReconcileAsync();
        return $"{Report.Line(proxy.Done)}; {Plan.Customers} wallets with {exact.Sum(client => client.Transactions) + common.Transactions} transactions: no finding";
    }

    /// <summary>The app's own reconciliation, of the books and of the bank's and acquirer's days that are over, finds nothing either.</summary>
    private async Task ReconcileAsync()
    {
        const string Route = "v1/admin/reconciliations";
        await MoveClockAsync(Now.AddDays(1));
        var admin = NewCaller("admin");
        await admin.SignInAsync(People.GetProperty("admins")[0]);
        var id = admin.Must(await admin.AskAsync("POST", Route, null, "at-the-end"), 202).Member("reconciliationId");
        SoakAnswer run;
        do
        {
            await Task.Delay(100, Stop);
            run = await admin.ReadAsync($"{Route}/{id}");
        }
        while (run.Member("status") == "running");

        // A clock that jumps over a day in a moment makes what is just on its way look late to the day's own run; that it has arrived is what the last run says.
        var findings = (await admin.ListAsync("v1/admin/findings")).Where(finding => finding.GetProperty("kind").GetString() != "credit_missing").ToList();
        if (run.Member("status") != "clean" || findings.Count > 0)
        {
            throw new SoakFailure($"The reconciliation finds: {run}\n{string.Join('\n', findings.Select(finding => finding.GetRawText()))}");
        }
    }

    /// <summary>Moves the clock of both hosts, and waits until both go by it.</summary>
    private async Task MoveClockAsync(DateTimeOffset to)
    {
        var moved = await Operator.AskAsync("PUT", "sandbox/clock", SoakCaller.Json(new { now = to.UtcDateTime }));
        if (moved.Code != "clock_cannot_go_back")
        {
            // The clock is there already where the answer to the first try was lost.
            Operator.Must(moved, 200);
        }

        Now = to;
        for (var seen = 0; seen < 2 * SoakHosts.Count; seen++)
        {
            // Whoever is asked for the time looks it up first; two of two are met by luck within a few tries, the rest follow within a moment.
            await Operator.ReadAsync("sandbox/clock");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500), Stop);
    }

    private async Task KillAsync(CancellationToken cancellation)
    {
        foreach (var (after, host) in Plan.Kills)
        {
            while (Report.Done < after && !cancellation.IsCancellationRequested)
            {
                await Task.Delay(20, CancellationToken.None);
            }

            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            await Hosts.KillAsync(host);
            Report.AddKill();
        }
    }

    /// <summary>Runs a part; the first failure of any ends all others.</summary>
    private async Task GuardAsync(Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Another part has failed.
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref failure, fault as SoakFailure ?? new SoakFailure(fault.ToString()), null);
            await stop.CancelAsync();
        }
    }

    private void Throw()
    {
        if (failure is not null)
        {
            throw failure;
        }
    }
}
