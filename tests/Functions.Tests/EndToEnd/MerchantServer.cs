using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.Merchants.Webhooks;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>A merchant's own server: takes webhooks, and remembers each id once, as the standard asks of receivers.</summary>
internal sealed class MerchantServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, (string Refund, string Type)> events = new(StringComparer.Ordinal);

    public MerchantServer()
    {
        for (; ; )
        {
            Address = new Uri($"http://127.0.0.1:{HostProcess.FreePort()}/hook/");
            listener.Prefixes.Clear();
            listener.Prefixes.Add(Address.ToString());
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // Somebody else took the port meanwhile.
            }
        }

        _ = Task.Run(TakeAsync);
    }

    public Uri Address { get; private set; }

    /// <summary>Has a merchant register it for everything about refunds.</summary>
    public async Task RegisterAsync(WalletClient merchant)
    {
        var types = MerchantEventTypes.All.Where(type => type.StartsWith("refund.", StringComparison.Ordinal)).Select(type => (JsonNode)type);
        var hook = new JsonObject { ["url"] = Address.ToString(), ["types"] = new JsonArray([.. types]) };
        (await merchant.SendAsync(HttpMethod.Post, "/api/v1/merchant/webhooks", hook, "hook")).Expect(HttpStatusCode.Created);
    }

    /// <summary>What it was told of a refund, in no order.</summary>
    public IReadOnlyList<string> TypesOf(string refund) => [.. events.Values.Where(one => one.Refund == refund).Select(one => one.Type)];

    public void Dispose() => listener.Close();

    private async Task TakeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                var body = (await JsonNode.ParseAsync(context.Request.InputStream))!;
                var told = ((string)body["data"]!["refundId"]!, (string)body["type"]!);
                events.GetOrAdd(context.Request.Headers["webhook-id"]!, told).ShouldBe(told);
                context.Response.StatusCode = (int)HttpStatusCode.NoContent;
                context.Response.Close();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The sender died, or the test is over.
            }
        }
    }
}
