using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;
using TaskFailedException = Microsoft.DurableTask.TaskFailedException;

namespace Embedded.Tests.Durable;

/// <summary>Our own promise for what spans instances and generations: whichever storage call goes wrong, each story ends as if none had.</summary>
public sealed class AbandonmentTests
{
    private const string Id = "walk";
    private const string Twig = Id + "-twig";
    private const string Leaf = Twig + "-leaf";

    /// <summary>A few walks of each story at a time: each has a hub of its own.</summary>
    private const int AtOnce = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What clients do, each step safe to be repeated; and how it must end.</summary>
    private sealed record Story(string Name, string End, OrchestrationRuntimeStatus Status, Action<App> Orchestrators, Func<Teller, Task> Tell);

    private static readonly Story[] Stories =
    [
        new("a sub-orchestration with an activity and a timer, once failing", "a,b", OrchestrationRuntimeStatus.Completed,
            app => app
                .Orchestrator("Child", async c =>
                {
                    var word = await c.CallActivityAsync<string>("Run", c.GetInput<string>() + "a");
                    await c.CreateTimer(TimeSpan.FromDays(2), CancellationToken.None);
                    return word;
                })
                .Orchestrator("Failing", _ => throw new TimeoutException())
                .Orchestrator("Walk", async c =>
                {
                    try { await c.CallSubOrchestratorAsync("Failing"); }
                    catch (TaskFailedException e) when (e.FailureDetails.IsCausedBy<TimeoutException>()) { }
                    var word = await c.CallSubOrchestratorAsync<string>("Child", "", new SubOrchestrationOptions(instanceId: Id + "-child"));
                    return word + "," + await c.CallActivityAsync<string>("Run", "b");
                }),
            async teller =>
            {
                await teller.StartAsync();
                await teller.UntilAsync(client => EndedAsync(client));
            }),
        new("suspended, told something, resumed", "a,b", OrchestrationRuntimeStatus.Completed,
            app => app.Orchestrator("Walk", async c =>
            {
                while (await c.WaitForExternalEvent<string>("word") != "a") { }
                var word = await c.CallActivityAsync<string>("Run", "a");
                while (await c.WaitForExternalEvent<string>("word") != "b") { }
                return word + "," + await c.CallActivityAsync<string>("Run", "b");
            }),
            async teller =>
            {
                await teller.StartAsync();
                await teller.DoAsync(client => client.SuspendInstanceAsync(Id));
                await teller.UntilAsync(async client => (await client.GetInstanceAsync(Id))!.RuntimeStatus is OrchestrationRuntimeStatus.Suspended or OrchestrationRuntimeStatus.Completed);
                await teller.DoAsync(client => client.RaiseEventAsync(Id, "word", "a"));
                await teller.DoAsync(client => client.ResumeInstanceAsync(Id));
                await teller.DoAsync(client => client.RaiseEventAsync(Id, "word", "b"));
                await teller.UntilAsync(async client =>
                {
                    // A suspension that was repeated, its answer lost, may arrive only now: the one by the inbox, the other in memory.
                    if ((await client.GetInstanceAsync(Id))!.RuntimeStatus == OrchestrationRuntimeStatus.Suspended) await teller.DoAsync(again => again.ResumeInstanceAsync(Id));
                    return await EndedAsync(client);
                });
            }),
        new("terminated while it waits", "enough", OrchestrationRuntimeStatus.Terminated,
            app => app.Orchestrator("Walk", async c =>
            {
                await c.CallActivityAsync<string>("Run", "a");
                await c.CreateTimer(TimeSpan.FromDays(999), CancellationToken.None);
                return null;
            }),
            async teller =>
            {
                await teller.StartAsync();
                await teller.DoAsync(client => client.TerminateInstanceAsync(Id, output: "enough"));
                await teller.UntilAsync(client => EndedAsync(client));
            }),
        new("terminated with its child and its child's child, which are purged", "enough", OrchestrationRuntimeStatus.Terminated,
            app => app
                .Orchestrator("Leaf", async c => await c.WaitForExternalEvent<int>("never"))
                .Orchestrator("Twig", async c => await c.CallSubOrchestratorAsync<int>("Leaf", new SubOrchestrationOptions(instanceId: Leaf)))
                .Orchestrator("Walk", async c => await c.CallSubOrchestratorAsync<int>("Twig", new SubOrchestrationOptions(instanceId: Twig))),
            async teller =>
            {
                // Whether it reaches them before they begin or after is all the same.
                await teller.StartAsync();
                await teller.DoAsync(client => client.TerminateInstanceAsync(Id, new TerminateInstanceOptions("enough", Recursive: true)));
                await teller.UntilAsync(client => EndedAsync(client));
                await teller.UntilAsync(async client => (await client.GetInstanceAsync(Twig)) is { IsCompleted: true } || await teller.IsSettledAsync());
                await teller.UntilAsync(async client =>
                {
                    await client.PurgeInstanceAsync(Twig, new PurgeInstanceOptions(Recursive: true));
                    return await client.GetInstanceAsync(Twig) is null && await client.GetInstanceAsync(Leaf) is null;
                });
            }),
        new("run, and restarted under its id", "a", OrchestrationRuntimeStatus.Completed,
            app => app.Orchestrator("Walk", async c => await c.CallActivityAsync<string>("Run", "a")),
            async teller =>
            {
                await teller.StartAsync();
                await teller.UntilAsync(client => EndedAsync(client));
                await teller.DoAsync(async client =>
                {
                    if ((await teller.StateAsync())!.Generation == 1) await client.RestartAsync(Id);
                });
                await teller.UntilAsync(client => EndedAsync(client));
            }),
        new("continued as new with events in its buffer", "1,2,3", OrchestrationRuntimeStatus.Completed,
            app => app.Orchestrator("Walk", async c =>
            {
                var seen = c.GetInput<string>()!.Split(',', StringSplitOptions.RemoveEmptyEntries);
                var word = await c.WaitForExternalEvent<string>("word");
                if (!seen.Contains(word, StringComparer.Ordinal)) seen = [.. seen, await c.CallActivityAsync<string>("Run", word)];
                if (seen.Length == 3) return string.Join(',', seen.Order(StringComparer.Ordinal));
                c.ContinueAsNew(string.Join(',', seen));
                return null;
            }),
            async teller =>
            {
                await teller.StartAsync();
                await Task.WhenAll(new[] { "1", "2", "3" }.Select(word => teller.DoAsync(client => client.RaiseEventAsync(Id, "word", word))));
                await teller.UntilAsync(client => EndedAsync(client));
            }),
    ];

    private static async Task<bool> EndedAsync(HubClient client) => (await client.GetInstanceAsync(Id))!.IsCompleted;

    [Theory]
    [InlineData(nameof(Fault.KilledBefore))]
    [InlineData(nameof(Fault.AnswerLost))]
    [InlineData(nameof(Fault.Unanswered))]
    public async Task Each_story_ends_rightly_whichever_storage_call_goes_wrong(string fault)
    {
        var steps = await Task.WhenAll(Stories.Select(async story =>
        {
            var steps = 0;
            for (var (first, reached) = (1, true); reached; first += AtOnce)
            {
                var walks = await Task.WhenAll(Enumerable.Range(first, AtOnce).Select(at => WalkAsync(story, at, Enum.Parse<Fault>(fault))));
                reached = walks.All(one => one);
                steps += walks.Count(one => one);
            }
            return steps;
        }));
        steps.ShouldAllBe(count => count >= 3, "each walk must have gone over the whole story");
    }

    /// <returns>Whether the call that goes wrong was reached.</returns>
    private static async Task<bool> WalkAsync(Story story, int at, Fault fault)
    {
        var what = $"{story.Name} ({fault} at {at})";
        var hub = Azurite.UniqueName("gone");
        var (app, runs, calls) = (new App(), new ConcurrentQueue<string>(), new FaultPolicy(at, fault));
        app.Activity<string>("Run", name => { runs.Enqueue(name); return name; });
        story.Orchestrators(app);
        await using var reader = new Host(hub, app, engine: false);
        await reader.Hub.EnsureTablesAsync(default);
        var teller = new Teller(new Host(hub, app, calls, Host.Calm), reader, app);
        var told = story.Tell(teller);
        await Eventually.True("it is told, or the host dies: " + what, () => told.IsCompleted || calls.IsKilled, Patience);
        if (calls.IsKilled) await SucceedAsync();
        try
        {
            await told.WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what}, after {calls.Calls} calls: {await StandingAsync(teller.Host, reader, app)}", e);
        }
        await Eventually.True("no work row is left: " + what, async () =>
        {
            // What is left behind the end may be what dies.
            if (calls.IsKilled && teller.Host.Calls == calls) await SucceedAsync();
            return (await reader.Hub.Work.ReadAsync(0, long.MaxValue, default)).Count == 0;
        }, Patience);
        await teller.Host.DisposeAsync();
        var end = await reader.Client.GetInstanceAsync(Id, true);
        (end!.RuntimeStatus, end.ReadOutputAs<string>()).ShouldBe((story.Status, story.End), what);
        return calls.WasReached;

        async Task SucceedAsync()
        {
            await teller.Host.KillAsync();
            await told.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);
            await reader.Hub.Work.Table.DeleteEntityAsync("work", "lease", ETag.All);
            var finished = await FinishedAsync(reader);
            runs.Clear();
            teller = new Teller(new Host(hub, app, options: Host.Calm), reader, app);
            told = story.Tell(teller);
            await told.WaitAsync(Patience);
            // A restart begins anew on purpose.
            if ((await teller.StateAsync())!.Generation == 1) runs.Intersect(finished, StringComparer.Ordinal).ShouldBeEmpty("finished activities ran again: " + what);
        }
    }

    /// <summary>What a story that does not go on has stored, and whether anybody is about to see to it.</summary>
    private static async Task<string> StandingAsync(Host host, Host reader, App app)
    {
        List<string> lines = [$"now {app.Time.GetUtcNow():O}, {(host.Hub.Session is null ? "no owner" : "owned")}"];
        await foreach (var head in reader.Hub.Store.Table.QueryAsync<TableEntity>(select: ["PartitionKey", "RowKey", "Status", "Turns", "NextDue"]))
            lines.Add(string.Join(' ', head.Where(column => column.Value is not null).Select(column => column.Value)));
        await foreach (var row in reader.Hub.Work.Table.QueryAsync<TableEntity>()) lines.Add(string.Join(' ', row.Select(column => column.Value)));
        return string.Join('\n', lines);
    }

    private static async Task<HashSet<string>> FinishedAsync(Host reader)
    {
        var states = new[] { await reader.Hub.Store.LoadAsync(Id, default), await reader.Hub.Store.LoadAsync(Id + "-child", default) };
        return new(states.SelectMany(state => state?.History ?? []).Where(e => e.Kind == EventKind.TaskCompleted)
            .Select(e => Rehearsal.Converter.Deserialize<string>(e.Data)!), StringComparer.Ordinal);
    }

    /// <summary>A client that does each thing again until it is done or its host is dead.</summary>
    private sealed class Teller(Host host, Host reader, App app)
    {
        public Host Host => host;

        public Task<Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage.InstanceState?> StateAsync() => reader.Hub.Store.LoadAsync(Id, default);

        public async Task<bool> IsSettledAsync() => (await reader.Hub.Work.ReadAsync(0, long.MaxValue, default)).Count == 0;

        public Task StartAsync() => DoAsync(client => client.ScheduleNewOrchestrationInstanceAsync(
            "Walk", "", new StartOrchestrationOptions(Id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses])));

        public async Task DoAsync(Func<HubClient, Task> act)
        {
            for (var time = 0; ; time++)
            {
                try
                {
                    await act(host.Client);
                    return;
                }
                catch (Exception e) when (e is OrchestrationAlreadyExistsException or RpcException { StatusCode: StatusCode.FailedPrecondition or StatusCode.Unknown })
                {
                    return; // It was done before.
                }
                catch (IOException) when (!host.Calls.IsKilled && time < 3)
                {
                    // What a client's own call suffers is the client's to repeat.
                }
            }
        }

        public Task UntilAsync(Func<HubClient, Task<bool>> reached) => DoAsync(client => Eventually.True("the story goes on", async () =>
        {
            if (host.Calls.IsKilled) throw new OperationCanceledException("killed");
            app.Time.Advance(TimeSpan.FromDays(1));
            return await reached(client);
        }, Patience));
    }
}
