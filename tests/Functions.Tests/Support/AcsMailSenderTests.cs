using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Communication.Email;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Support;

/// <summary>Communication Services by its documented answers: accepted is not delivered, and a broken request is asked after before it is repeated.</summary>
public sealed class AcsMailSenderTests : IAsyncLifetime
{
    private static readonly OutgoingMail Mail = new(Guid.Parse("7d3a4a52-6f0c-4a0e-9a36-0f6f5b1c2d3e"), "r1@wallet.example", "li@example.com", null, "Re: x", "Hello\n", "q1@example.com", ["q1@example.com"]);

    private readonly List<string> requests = [];
    private readonly HttpListener service = new();
    private readonly Storage storage = new(new StorageAddress(Azurite.SharedConnectionString, null, null, null), []);
    private Func<string, (int Status, string Body)> answer = _ => (500, "");
    private string address = "";

    public async Task InitializeAsync()
    {
        for (var port = 21_000; ; port++)
        {
            try
            {
                service.Prefixes.Clear();
                service.Prefixes.Add(address = $"http://127.0.0.1:{port}/");
                service.Start();
                break;
            }
            catch (HttpListenerException) when (port < 22_000)
            {
                // Taken.
            }
        }

        _ = ServeAsync();
        await storage.Table(AcsMailSender.TableName).CreateIfNotExistsAsync();
    }

    public Task DisposeAsync()
    {
        service.Close();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_accepted_mail_is_sent_and_threads_by_its_headers()
    {
        answer = request => request.StartsWith("POST", StringComparison.Ordinal) ? (202, "{\"id\":\"op\",\"status\":\"Running\"}") : (200, "{\"id\":\"op\",\"status\":\"Succeeded\"}");
        var mail = Fresh();
        (await Sender().SendAsync(mail, CancellationToken.None)).ShouldBe(new SendOutcome.Sent(mail.OperationId.ToString()));
        JsonDocument.Parse(requests[0][requests[0].IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("headers").GetProperty("In-Reply-To").GetString().ShouldBe("<q1@example.com>");
        requests.Count(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task After_a_broken_request_the_service_is_asked_before_anything_is_sent_again()
    {
        var mail = Fresh();
        answer = request => request.StartsWith("POST", StringComparison.Ordinal) ? (503, "{\"error\":{\"code\":\"Busy\",\"message\":\"\"}}") : (404, "{\"error\":{\"code\":\"NotFound\",\"message\":\"\"}}");
        (await Sender().SendAsync(mail, CancellationToken.None)).ShouldBeOfType<SendOutcome.TryLater>();

        // It had taken the mail after all.
        requests.Clear();
        answer = request => request.StartsWith("GET", StringComparison.Ordinal) ? (200, "{\"id\":\"op\",\"status\":\"Succeeded\"}") : (500, "");
        (await Sender().SendAsync(mail, CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
        requests.ShouldAllBe(r => r.StartsWith("GET", StringComparison.Ordinal));

        // Another one it had not.
        var lost = Fresh();
        answer = request => request.StartsWith("POST", StringComparison.Ordinal) ? (503, "{}") : (404, "{}");
        await Sender().SendAsync(lost, CancellationToken.None);
        requests.Clear();
        answer = request => request.StartsWith("POST", StringComparison.Ordinal) ? (202, "{\"id\":\"op\",\"status\":\"Running\"}") : requests.Any(r => r.StartsWith("POST", StringComparison.Ordinal)) ? (200, "{\"id\":\"op\",\"status\":\"Succeeded\"}") : (404, "{}");
        (await Sender().SendAsync(lost, CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
        requests[0].ShouldStartWith("GET");
        requests[1].ShouldStartWith("POST");
    }

    [Theory]
    [InlineData(400, "InvalidEmailAddress", "address_invalid")]
    [InlineData(400, "BadRequest", "message_refused")]
    [InlineData(403, "DomainNotLinked", "sender_refused")]
    [InlineData(413, "TooLarge", "message_refused")]
    [InlineData(401, "Denied", null)]
    public async Task A_refused_request_is_final_and_a_wrong_key_is_not(int status, string error, string? code)
    {
        answer = _ => (status, $"{{\"error\":{{\"code\":\"{error}\",\"message\":\"\"}}}}");
        var outcome = await Sender().SendAsync(Fresh(), CancellationToken.None);
        if (code is null) outcome.ShouldBeOfType<SendOutcome.TryLater>();
        else outcome.ShouldBe(new SendOutcome.Failed(code));
    }

    [Fact]
    public async Task A_suppressed_recipient_is_a_failure_although_the_request_was_accepted()
    {
        answer = request => request.StartsWith("POST", StringComparison.Ordinal)
            ? (202, "{\"id\":\"op\",\"status\":\"Running\"}")
            : (200, "{\"id\":\"op\",\"status\":\"Failed\",\"error\":{\"code\":\"EmailDroppedAllRecipientsSuppressed\",\"message\":\"\"}}");
        (await Sender().SendAsync(Fresh(), CancellationToken.None)).ShouldBe(new SendOutcome.Failed("recipient_refused"));
    }

    [Fact]
    public async Task Trouble_with_the_status_is_no_reason_to_doubt_an_accepted_mail()
    {
        answer = request => request.StartsWith("POST", StringComparison.Ordinal) ? (202, "{\"id\":\"op\",\"status\":\"Running\"}") : (403, "{}");
        (await Sender().SendAsync(Fresh(), CancellationToken.None)).ShouldBeOfType<SendOutcome.Sent>();
    }

    private static OutgoingMail Fresh() => Mail with { OperationId = Guid.NewGuid() };

    private AcsMailSender Sender()
    {
        var options = new EmailClientOptions();
        options.Retry.MaxRetries = 0;
        var client = new EmailClient($"endpoint={address};accesskey={Convert.ToBase64String(new byte[32])}", options);
        return new AcsMailSender(client, new MailIdentity("support@wallet.example", ""), storage, new MachineClock(TimeProvider.System), NullLogger<AcsMailSender>.Instance) { BetweenPolls = TimeSpan.FromMilliseconds(10) };
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await service.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var request = $"{context.Request.HttpMethod} {context.Request.RawUrl} {await reader.ReadToEndAsync()}";
                var (status, body) = answer(request);
                requests.Add(request);
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
