using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace WalletFunctions.Bench.Durable;

/// <summary>The functions that the scenario runs: orchestrations that do nothing but what durable work is made of.</summary>
public sealed class DurableWork(DurableEnds ends)
{
    /// <summary>Lends the host's client to the scenario, which is no function.</summary>
    [Function("BenchClient")]
    public IResult Client([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "client")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        ends.Client = client;
        return Results.Ok();
    }

    [Function(nameof(Empty))]
    public void Empty([OrchestrationTrigger] TaskOrchestrationContext context) => ends.Ended(context);

    [Function(nameof(ThreeActivities))]
    public async Task ThreeActivities([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        for (var step = 0; step < 3; step++)
        {
            await context.CallActivityAsync<int>(nameof(Step), step);
        }

        ends.Ended(context);
    }

    [Function(nameof(FanOut))]
    public async Task FanOut([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(step => context.CallActivityAsync<int>(nameof(Step), step)));
        ends.Ended(context);
    }

    [Function(nameof(Timer))]
    public async Task Timer([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        ends.Ended(context);
    }

    [Function(nameof(ExternalEvent))]
    public async Task ExternalEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.WaitForExternalEvent<int>("go");
        ends.Ended(context);
    }

    [Function(nameof(Sleep))]
    public async Task Sleep([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromDays(3), CancellationToken.None);
        ends.Ended(context);
    }

    [Function(nameof(Step))]
    public int Step([ActivityTrigger] int step) => step + 1;
}

/// <summary>What the functions and the scenario share.</summary>
public sealed class DurableEnds : IDisposable
{
    private readonly SemaphoreSlim ends = new(0);

    public DurableTaskClient? Client { get; set; }

    /// <summary>Said in the last turn of an orchestration, before it is stored.</summary>
    public void Ended(TaskOrchestrationContext context)
    {
        if (!context.IsReplaying)
        {
            ends.Release();
        }
    }

    /// <summary>Waits for an end, whoever's: as many wait as have begun one.</summary>
    public async Task OneAsync(TimeSpan patience)
    {
        if (!await ends.WaitAsync(patience))
        {
            throw new TimeoutException($"No orchestration ended within {patience.TotalSeconds} seconds.");
        }
    }

    public void Dispose() => ends.Dispose();
}
