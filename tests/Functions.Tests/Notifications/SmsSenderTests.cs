using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Shouldly;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Support.Email;
using Xunit;

namespace Functions.Tests.Notifications;

public sealed class SmsSenderTests
{
    private static readonly ShortMessage Message = new(ShortMessage.IdOf("a code"), new PhoneNumber("+8613800000001"), "【钱包】验证码 123456", "123456");
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task A_message_goes_out_signed_and_under_the_same_id_at_every_try()
    {
        using var gateway = new Gateway(_ => new HttpResponseMessage(HttpStatusCode.Accepted));
        (await Sender(gateway).SendAsync(Message, CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
        (await Sender(gateway).SendAsync(Message, CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
        var (path, timestamp, signature, body) = gateway.Seen[0];
        path.ShouldBe("/v1/messages");
        RequestSignature.IsValid(Key, "POST", path, timestamp, signature, body, DateTimeOffset.UtcNow).ShouldBeTrue();
        var sent = JsonElement.Parse(body);
        sent.GetProperty("to").GetString().ShouldBe("+8613800000001");
        sent.GetProperty("text").GetString().ShouldBe(Message.Text);
        sent.GetProperty("messageId").GetString()!.ShouldStartWith("sms_");
        gateway.Seen.Select(seen => JsonElement.Parse(seen.Body).GetProperty("messageId").GetString()).Distinct().Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(401, true)] // our key or our clock, which somebody mends
    [InlineData(400, false)]
    [InlineData(422, false)]
    public async Task What_may_pass_is_tried_again_and_what_never_will_is_not(int status, bool again)
    {
        using var gateway = new Gateway(_ => new HttpResponseMessage((HttpStatusCode)status));
        var outcome = await Sender(gateway).SendAsync(Message, CancellationToken.None);
        (outcome is SendOutcome.TryLater).ShouldBe(again);
        (outcome is SendOutcome.Failed { Code: "message_refused" }).ShouldBe(!again);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_reached_is_tried_again()
    {
        using var isAway = new Gateway(_ => throw new HttpRequestException("refused"));
        (await Sender(isAway).SendAsync(Message, CancellationToken.None)).ShouldBeOfType<SendOutcome.TryLater>();
    }

    [Theory]
    [InlineData("https://sms.example", null)]
    [InlineData("https://sms.example", "not base64")]
    [InlineData("sms.example", "AAAA")]
    public void Settings_that_cannot_work_are_told(string url, string? secret) =>
        Should.Throw<SettingsException>(() => Options(url, secret, sandbox: true));

    [Fact]
    public void Without_a_gateway_there_is_none_but_the_sandbox_has_its_own()
    {
        Options(null, null, sandbox: false).ShouldBeNull();
        Options(null, null, sandbox: true)!.BaseUrl().ShouldBe(new Uri("http://127.0.0.1:7071/api/sandbox/sms/"));
        Options("https://sms.example/v1", Convert.ToBase64String(Key), sandbox: false)!.BaseUrl().ShouldBe(new Uri("https://sms.example/v1/"));
    }

    private static SmsOptions? Options(string? url, string? secret, bool sandbox) => SmsOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Sms:BaseUrl"] = url,
            ["Sms:RequestSecret"] = secret,
            ["WEBSITE_HOSTNAME"] = "127.0.0.1:7071",
        }).Build(),
        new SandboxOptions(sandbox),
        new Secrets(new byte[32]));

    private static HttpSmsSender Sender(Gateway gateway) =>
        new(new HttpClient(gateway, disposeHandler: false), new SmsOptions(() => new Uri("https://sms.example/v1/"), Key), new MachineClock(TimeProvider.System));

    private sealed class Gateway(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public List<(string Path, string Timestamp, string Signature, byte[] Body)> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add((request.RequestUri!.AbsolutePath, request.Headers.GetValues(RequestSignature.TimestampHeader).Single(),
                request.Headers.GetValues(RequestSignature.SignatureHeader).Single(), await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            return answer(request);
        }
    }
}
