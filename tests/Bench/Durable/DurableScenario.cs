namespace WalletFunctions.Bench.Durable;

/// <summary>What durable work costs: orchestrations of each shape, sleeping ones, and the one that the app has.</summary>
internal sealed class DurableScenario : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly (string What, string Orchestrator)[] Shapes =
    [
        ("empty", nameof(DurableWork.Empty)),
        ("3 activities in sequence", nameof(DurableWork.ThreeActivities)),
        ("fan-out of 20", nameof(DurableWork.FanOut)),
        ("timer of 50 ms", nameof(DurableWork.Timer)),
        ("external event", nameof(DurableWork.ExternalEvent)),
    ];

    public string Name => "durable";

    public async Task RunAsync(BenchRun run)
    {
        foreach (var inFlight in new[] { 1, 16, 64 })
        {
            await ShapesAsync(run, inFlight);
        }

        await new SleeperScenario().RunAsync(run);
        // These have long runs of their own.
        await new WithdrawalScenario().RunAsync(new BenchRun(IsShort: true));
        await new RefundScenario().RunAsync(new BenchRun(IsShort: true));
    }

    private static async Task ShapesAsync(BenchRun run, int inFlight)
    {
        var (rounds, turn) = run.IsShort ? (2, TimeSpan.FromSeconds(0.7)) : (3, TimeSpan.FromSeconds(2));
        BenchRun.Title($"Orchestrations, {inFlight} in flight. {RawBatches.Description}");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var host = await DurableHost.StartAsync(storage);
            var raw = await RawBatches.OpenAsync(storage, inFlight);
            foreach (var (what, orchestrator) in Shapes)
            {
                await new Tally().TurnAsync(inFlight, turn / 2, host.Calls, _ => OneAsync(host, orchestrator));
                var (baseline, tally) = (new Tally(), new Tally());
                for (var round = 0; round < rounds; round++)
                {
                    await baseline.TurnAsync(inFlight, turn, raw.Counter, raw.OneAsync);
                    await tally.TurnAsync(inFlight, turn, host.Calls, _ => OneAsync(host, orchestrator));
                }

                BenchRun.Report(what, tally, baseline);
            }
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task OneAsync(DurableHost host, string orchestrator)
    {
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator);
        if (orchestrator == nameof(DurableWork.ExternalEvent))
        {
            await host.Client.RaiseEventAsync(id, "go", 1);
        }

        await host.Ends.OneAsync(Patience);
    }
}
