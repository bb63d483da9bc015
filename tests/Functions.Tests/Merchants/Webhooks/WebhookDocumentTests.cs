using System.Text;
using Functions.Tests.Conventions;
using Shouldly;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform.Partners;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>docs/webhooks.md shows merchants an example that our own code computes, and every type of event.</summary>
public sealed class WebhookDocumentTests
{
    private const string Mark = "<!-- example: written by a test -->";

    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "webhooks.md"));

    [Fact]
    public void The_example_is_what_the_code_computes()
    {
        const string Id = "evt_2f1c6a7be0594f0fa3b1d7c58e2a9d40";
        const string Body = """{"type":"refund.requested","timestamp":"2026-11-22T08:00:00Z","data":{"refundId":"rfd_01kaknd3w00000000000000000"}}""";
        var key = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");
        var time = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        var example = $"""
            ```
            secret             {WebhookEndpoint.Written(key)}
            webhook-id         {Id}
            webhook-timestamp  {time}
            body               {Body}
            webhook-signature  {StandardWebhook.Sign(key, Id, time, Encoding.UTF8.GetBytes(Body))}
            ```
            """.ReplaceLineEndings("\n");
        Document.ShouldContain($"{Mark}\n{example}\n", customMessage: $"docs/webhooks.md must contain:\n{Mark}\n{example}");
    }

    [Fact]
    public void Every_type_of_event_is_named() => MerchantEventTypes.All.ShouldAllBe(type => Document.Contains($"`{type}`", StringComparison.Ordinal));
}
