using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WalletFunctions.Accounts;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Notifications;
using WalletFunctions.Platform;
using WalletFunctions.Support.Inbox;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>What another host has of webhooks.</summary>
internal sealed record WebhookHost(WebhookTable Table, WebhookPostman Postman, WebhookSweep Sweep, MerchantEvents Events, CallCounter Calls) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Postman.DisposeAsync();

    /// <param name="app">Where its endpoints are.</param>
    /// <param name="clock">The business clock; null: the app's.</param>
    /// <param name="machine">The machine's clock; null: the app's.</param>
    /// <param name="account">Where its tables are; null: where the app's are.</param>
    /// <param name="timeout">See <see cref="WebhookOptions"/>; null: the app's.</param>
    /// <param name="policy">Stands between it and the storage.</param>
    public static WebhookHost On(TestApp app, TimeProvider? clock = null, TimeProvider? machine = null, string? account = null, TimeSpan? timeout = null, HttpPipelinePolicy? policy = null)
    {
        var (services, calls) = (app.Services, new CallCounter());
        var table = new WebhookTable(
            new Storage(new StorageAddress(account ?? app.ConnectionString, null, null, null), policy is null ? [calls] : [calls, policy]), services.GetRequiredService<Vault>());
        var options = services.GetRequiredService<WebhookOptions>();
        options = options with { Timeout = timeout ?? options.Timeout };
        clock ??= services.GetRequiredService<TimeProvider>();
        var time = machine is null ? services.GetRequiredService<MachineClock>() : new MachineClock(machine);
        var closing = new WebhookClosing(table, services.GetRequiredService<IInbox>(), services.GetRequiredService<Notifier>());
        var postman = new WebhookPostman(table, new WebhookSender(options, clock, time), closing, options, clock, time, NullLogger<WebhookPostman>.Instance);
        return new WebhookHost(table, postman, new WebhookSweep(table, postman, clock, time), new MerchantEvents(table, postman, options, clock, time), calls);
    }
}

/// <summary>Counts what goes to the storage.</summary>
internal sealed class CallCounter : HttpPipelineSynchronousPolicy
{
    private int calls;

    public int Count => Volatile.Read(ref calls);

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref calls);
}
