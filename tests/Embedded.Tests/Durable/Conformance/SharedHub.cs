using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.DurableTask.Client;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>One hub for a class of cases: an owner, and another host's client.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    /// <summary>Ends a case that has failed already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _name = Azurite.UniqueName("hub");
    private Host? _other;

    internal App App { get; } = new();

    internal Host Host { get; private set; } = null!;

    internal HubClient Client => Host.Client;

    /// <summary>A client in a host that does not own the hub.</summary>
    internal HubClient Remote => _other!.Client;

    internal HubClient[] Clients => [Client, Remote];

    public async Task InitializeAsync()
    {
        Host = new Host(_name, App, options: Durable.Host.Fast with { LeaseLength = TimeSpan.FromSeconds(10), LostTime = TimeSpan.FromSeconds(10) });
        await Host.Owns();
        _other = new Host(_name, App, engine: false);
    }

    public async Task DisposeAsync()
    {
        await _other!.DisposeAsync();
        await Host.DisposeAsync();
    }

    public async Task<OrchestrationMetadata> RunAsync(string orchestrator, object? input = null, string? id = null)
        => await Client.WaitForInstanceCompletionAsync(
            await Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new Microsoft.DurableTask.StartOrchestrationOptions(id)), getInputsAndOutputs: true).WaitAsync(Patience);
}
