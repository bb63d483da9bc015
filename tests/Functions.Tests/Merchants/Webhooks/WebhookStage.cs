using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform.Partners;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>One app for the tests of webhooks; each test has an endpoint of its own name.</summary>
public sealed class WebhookStage : IAsyncLifetime
{
    private readonly ManualTime later = new();
    private WebhookHost heir = null!;

    internal TestApp App { get; private set; } = null!;

    internal TestClient Merchant { get; private set; } = null!;

    internal AccountId MerchantId { get; private set; }

    internal MerchantEvents Events => App.Services.GetRequiredService<MerchantEvents>();

    internal TimeSpan Lease => App.Services.GetRequiredService<WebhookOptions>().Lease;

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync(builder => builder.Services.AddSingleton(new WebhookOptions(TimeSpan.FromSeconds(5), AllowsAnyAddress: true)));
        Merchant = await App.MerchantAsync();
        MerchantId = AccountId.Of((await App.PeopleAsync()).GetProperty("merchants")[0].GetProperty("merchantId").GetString()!);
        heir = WebhookHost.On(App, machine: later);
    }

    public async Task DisposeAsync()
    {
        await heir.DisposeAsync();
        Merchant.Dispose();
        await App.DisposeAsync();
    }

    /// <summary>Lets time pass, and what is due then happen.</summary>
    internal async Task PassAsync(TimeSpan time)
    {
        await App.AdvanceAsync(time);
        await App.Services.GetRequiredService<WebhookSweep>().RunAsync(CancellationToken.None);
    }

    /// <summary>Has another host look at what is due, at a time when the leases of hosts that died have ended.</summary>
    internal async Task OutliveAsync()
    {
        await App.AdvanceAsync(Lease + TimeSpan.FromSeconds(1));
        later.Advance(Lease + TimeSpan.FromSeconds(1));
        await heir.Sweep.RunAsync(CancellationToken.None);
    }

    /// <summary>Registers an endpoint of the sandbox; the others of this merchant are removed.</summary>
    internal async Task<Hook> HookAsync(string name, params string[] types)
    {
        foreach (var other in (await Merchant.GetAsync("v1/merchant/webhooks")).Must(HttpStatusCode.OK).Items())
        {
            (await Merchant.DeleteAsync($"v1/merchant/webhooks/{other.GetProperty("webhookId").GetString()}")).Must(HttpStatusCode.NoContent);
        }

        var made = (await Merchant.PostAsync("v1/merchant/webhooks", new { url = new Uri(App.Address, $"sandbox/merchant/hooks/{name}"), types })).Must(HttpStatusCode.Created);
        return new Hook(this, name, made.Text("webhookId"), made.Text("secret"));
    }
}

/// <summary>An endpoint as its merchant has it: our side of it, and what arrived there.</summary>
internal sealed record Hook(WebhookStage Stage, string Name, string Id, string Secret)
{
    public string Path => $"v1/merchant/webhooks/{Id}";

    public async Task BehaveAsync(string mode) => (await Stage.App.Anonymous.PutAsync($"sandbox/merchant/hooks/{Name}/behaviour", new { mode })).Must(HttpStatusCode.OK);

    public async Task<JsonElement[]> ArrivedAsync() => (await Stage.App.Anonymous.GetAsync($"sandbox/merchant/hooks/{Name}")).Must(HttpStatusCode.OK).Items();

    public async Task<JsonElement[]> DeliveriesAsync() => (await Stage.Merchant.GetAsync($"{Path}/deliveries")).Must(HttpStatusCode.OK).Items();

    public Task PublishAsync(string key, string type = MerchantEventTypes.RefundRequested) =>
        Stage.Events.PublishAsync(Stage.MerchantId, key, type, new { refundId = key }, CancellationToken.None);

    /// <summary>Verifies what arrived as any library of Standard Webhooks does.</summary>
    public static bool IsValid(JsonElement arrived, string secret)
    {
        var headers = new HeaderDictionary
        {
            ["webhook-id"] = arrived.GetProperty("webhookId").GetString(),
            ["webhook-timestamp"] = arrived.GetProperty("timestamp").GetString(),
            ["webhook-signature"] = arrived.GetProperty("signature").GetString(),
        };
        return StandardWebhook.Verify(Convert.FromBase64String(secret["whsec_".Length..]), headers, Encoding.UTF8.GetBytes(arrived.GetProperty("body").GetString()!), TimeProvider.System.GetUtcNow()) is not null;
    }
}
