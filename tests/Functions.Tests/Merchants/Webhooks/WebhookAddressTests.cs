using System.Net;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Merchants.Webhooks;

/// <summary>Outside the sandbox: no merchant can make us talk to a machine of ours.</summary>
public sealed class WebhookAddressTests
{
    private static readonly WebhookOptions Production = new(TimeSpan.FromSeconds(5), AllowsAnyAddress: false);

    [Theory]
    [InlineData("https://shop.example/hooks", true)]
    [InlineData("https://shop.example:8443/hooks?k=v", true)]
    [InlineData("https://8.8.8.8/hooks", true)]
    [InlineData("http://shop.example/hooks", false)]
    [InlineData("https://localhost/hooks", false)]
    [InlineData("https://api.localhost/hooks", false)]
    [InlineData("https://intranet/hooks", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://2130706433/", false)] // 127.0.0.1 as one number
    [InlineData("https://0x7f.1/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://169.254.169.254/metadata", false)]
    public void Only_https_addresses_of_the_public_internet_can_be_registered(string url, bool may) =>
        WebhookSender.MayBe(new Uri(url), Production).ShouldBe(may);

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_name_that_leads_to_us_is_not_connected_to_whatever_it_was_when_it_was_registered(string host)
    {
        await Should.ThrowAsync<AddressForbiddenException>(async () => await WebhookSender.ConnectAsync(new DnsEndPoint(host, 443), allowsAny: false, CancellationToken.None));

        var now = DateTimeOffset.UtcNow;
        var merchant = Id.From<AccountId>(now, "m"u8);
        var endpoint = new WebhookEndpoint(Id.From<WebhookId>(now, "w"u8), merchant, new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}/"), [], new byte[32], now);
        using var sender = new WebhookSender(Production, TimeProvider.System, new MachineClock(TimeProvider.System));
        var result = await sender.SendAsync(endpoint, new WebhookDelivery(merchant, endpoint.Id, "d", Id.From<WebhookDeliveryId>(now, "d"u8), "evt_1", "t", "{}", now), CancellationToken.None);
        (result.IsTaken, result.Result).ShouldBe((false, "address_forbidden"));
    }
}
