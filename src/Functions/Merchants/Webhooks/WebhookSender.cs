using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Bounds of what goes to merchants' endpoints.</summary>
/// <param name="Timeout"><c>MerchantWebhooks:TimeoutSeconds</c>, 10 unless given: an endpoint that has not answered by then has not taken it.</param>
/// <param name="AllowsAnyAddress">In the sandbox: endpoints on this machine, and without TLS.</param>
internal sealed record WebhookOptions(TimeSpan Timeout, bool AllowsAnyAddress)
{
    /// <summary>A try and the writing down of what came of it, with room for hosts' clocks that differ.</summary>
    public TimeSpan LongestTry => Timeout + TimeSpan.FromSeconds(15);

    /// <summary>Whoever takes a delivery has it for so long; after it somebody else looks.</summary>
    public TimeSpan Lease => LongestTry + TimeSpan.FromSeconds(20);
}

/// <summary>What came of one try.</summary>
/// <param name="Result">For people: <c>http_200</c>, <c>timeout</c>.</param>
/// <param name="RetryAfter">What the endpoint asked for.</param>
internal sealed record SendResult(bool IsTaken, string Result, bool IsGone = false, TimeSpan? RetryAfter = null);

/// <summary>
/// Posts one event to one endpoint, signed by the Standard Webhooks specification 1.0. The address that a name leads to is looked at
/// when the connection is made, so that no name can lead to a machine of ours; redirects are not followed, answers not read.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(12);

    private readonly HttpClient http;
    private readonly WebhookOptions options;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    public WebhookSender(WebhookOptions options, TimeProvider clock, MachineClock machine)
    {
        (this.options, this.clock, this.machine) = (options, clock, machine);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, options.AllowsAnyAddress, cancellationToken),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    public async Task<SendResult> SendAsync(WebhookEndpoint endpoint, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        using var request = Signed(endpoint, delivery);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return new SendResult(
                response.IsSuccessStatusCode,
                string.Create(CultureInfo.InvariantCulture, $"http_{(int)response.StatusCode}"),
                response.StatusCode == HttpStatusCode.Gone,
                response.Headers.RetryAfter?.Delta is { } wish ? (wish < LongestWish ? wish : LongestWish) : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(false, "timeout");
        }
        catch (HttpRequestException e)
        {
            return new SendResult(false, e.InnerException switch
            {
                AddressForbiddenException => "address_forbidden",
                AuthenticationException => "tls_failed",
                _ => "unreachable",
            });
        }
    }

    /// <summary>Whether an address may be an endpoint at all; where its name leads is looked at when it is called.</summary>
    public static bool MayBe(Uri url, WebhookOptions options) =>
        (url.Scheme == Uri.UriSchemeHttps || (options.AllowsAnyAddress && url.Scheme == Uri.UriSchemeHttp))
        && url.UserInfo.Length == 0
        && url.Fragment.Length == 0
        && (options.AllowsAnyAddress || (IPAddress.TryParse(url.DnsSafeHost, out var literal)
            ? PublicAddress.Is(literal)
            : url.DnsSafeHost.Contains('.', StringComparison.Ordinal) && !url.DnsSafeHost.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)));

    public void Dispose() => http.Dispose();

    /// <summary>Connects to an address that was looked at: asked for twice, a name may lead elsewhere the second time.</summary>
    internal static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, bool allowsAny, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        var open = addresses.Where(address => allowsAny || PublicAddress.Is(address)).ToArray();
        if (open.Length == 0)
        {
            throw new AddressForbiddenException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private HttpRequestMessage Signed(WebhookEndpoint endpoint, WebhookDelivery delivery)
    {
        var (body, time) = (Encoding.UTF8.GetBytes(delivery.Body), machine.GetUtcNow().ToUnixTimeSeconds());
        var signatures = endpoint.SecretsAt(clock.GetUtcNow()).Select(secret => StandardWebhook.Sign(secret, delivery.EventId, time, body));
        return new HttpRequestMessage(HttpMethod.Post, endpoint.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } },
            Headers =
            {
                { "User-Agent", "WalletFunctions-Webhooks/1" },
                { StandardWebhook.IdHeader, delivery.EventId },
                { StandardWebhook.TimestampHeader, time.ToString(CultureInfo.InvariantCulture) },
                { StandardWebhook.SignatureHeader, string.Join(' ', signatures) },
            },
        };
    }
}

/// <summary>A name leads to no machine of the public internet.</summary>
internal sealed class AddressForbiddenException() : Exception("The endpoint's name leads to no address of the public internet.");
