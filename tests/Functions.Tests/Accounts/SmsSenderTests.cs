using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Shouldly;
using WalletFunctions.Accounts.Codes;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using Xunit;

namespace Functions.Tests.Accounts;

public sealed class SmsSenderTests
{
    private static readonly Sms Message = new(new PhoneNumber("+8613800000001"), "【钱包】验证码 123456", "123456");
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task A_message_goes_out_once_and_signed()
    {
        using var gateway = new Gateway(_ => new HttpResponseMessage(HttpStatusCode.Accepted));
        await Sender(gateway).SendAsync(Message, CancellationToken.None);
        var (path, timestamp, signature, body) = gateway.Seen.ShouldHaveSingleItem();
        path.ShouldBe("/v1/messages");
        RequestSignature.IsValid(Key, "POST", path, timestamp, signature, body, DateTimeOffset.UtcNow).ShouldBeTrue();
        var sent = JsonElement.Parse(body);
        sent.GetProperty("to").GetString().ShouldBe("+8613800000001");
        sent.GetProperty("text").GetString().ShouldBe(Message.Text);
        sent.GetProperty("messageId").GetString()!.ShouldStartWith("sms_");
    }

    [Fact]
    public async Task A_gateway_that_refuses_or_cannot_be_reached_is_told_as_a_code_not_sent()
    {
        using var refuses = new Gateway(_ => new HttpResponseMessage(HttpStatusCode.TooManyRequests));
        await Should.ThrowAsync<CodeNotSentException>(() => Sender(refuses).SendAsync(Message, CancellationToken.None));
        using var isAway = new Gateway(_ => throw new HttpRequestException("refused"));
        await Should.ThrowAsync<CodeNotSentException>(() => Sender(isAway).SendAsync(Message, CancellationToken.None));
    }

    [Theory]
    [InlineData("https://sms.example", null)]
    [InlineData("https://sms.example", "not base64")]
    [InlineData("sms.example", "AAAA")]
    public void Settings_that_cannot_work_are_told(string url, string? secret) =>
        Should.Throw<SettingsException>(() => SmsOptions.From(Settings(url, secret)));

    [Fact]
    public void Without_a_gateway_there_is_none()
    {
        SmsOptions.From(Settings(null, null)).ShouldBeNull();
        SmsOptions.From(Settings("https://sms.example/v1", Convert.ToBase64String(Key)))!.BaseUrl.ShouldBe(new Uri("https://sms.example/v1/"));
    }

    private static IConfiguration Settings(string? url, string? secret) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Sms:BaseUrl"] = url, ["Sms:RequestSecret"] = secret }).Build();

    private static HttpSmsSender Sender(Gateway gateway) =>
        new(new HttpClient(gateway, disposeHandler: false), new SmsOptions(new Uri("https://sms.example/v1/"), Key), new MachineClock(TimeProvider.System));

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
