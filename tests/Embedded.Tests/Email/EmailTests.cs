using System.Diagnostics;
using System.Text.Json;
using Azure;
using Azure.Communication.Email;
using Azure.Core;
using Embedded.Tests.Support;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Email;

/// <summary>
/// States the behaviour of Azure.Communication.Email 1.1 (EmailClient, EmailSendOperation), the specification
/// Email/stable/2023-03-31/CommunicationServicesEmail.json, and the HMAC tutorial of learn.microsoft.com/azure/communication-services.
/// </summary>
public class EmailTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    private StandInService _service = null!;

    private EmailClient Client => new(_service.ConnectionString(), new EmailClientOptions { Retry = { Delay = TimeSpan.FromMilliseconds(1) } });

    public async Task InitializeAsync() => _service = await StandInService.Start();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_mail_is_handed_over_with_everything_in_it()
    {
        var message = new EmailMessage("support@wallet.example", new EmailRecipients([new("a@x.example", "Ann"), new("b@x.example")], bcc: [new("c@x.example")]), new EmailContent("Re: 余额") { PlainText = "text", Html = "<p>html</p>" })
        {
            Headers = { ["Message-ID"] = "<1@wallet.example>" },
            ReplyTo = { new EmailAddress("reply@wallet.example") },
            Attachments = { new EmailAttachment("a.txt", "text/plain", BinaryData.FromString("hi")) { ContentId = "cid1" } },
            UserEngagementTrackingDisabled = true,
        };
        var id = Guid.NewGuid();

        var operation = await Client.SendAsync(WaitUntil.Started, message, id);

        operation.Id.ShouldBe(id.ToString());
        operation.HasCompleted.ShouldBeFalse();
        operation.GetRawResponse().Status.ShouldBe(202);
        Should.Throw<InvalidOperationException>(() => operation.Value);
        var sent = JsonDocument.Parse(_service.Outbox[operation.Id]).RootElement;
        sent.GetProperty("senderAddress").GetString().ShouldBe("support@wallet.example");
        sent.GetProperty("content").GetProperty("subject").GetString().ShouldBe("Re: 余额");
        sent.GetProperty("recipients").GetProperty("to")[0].GetProperty("displayName").GetString().ShouldBe("Ann");
        sent.GetProperty("recipients").GetProperty("to")[1].TryGetProperty("displayName", out _).ShouldBeFalse();
        sent.GetProperty("recipients").TryGetProperty("cc", out _).ShouldBeFalse();
        sent.GetProperty("recipients").GetProperty("bcc")[0].GetProperty("address").GetString().ShouldBe("c@x.example");
        sent.GetProperty("headers").GetProperty("Message-ID").GetString().ShouldBe("<1@wallet.example>");
        sent.GetProperty("attachments")[0].GetProperty("contentInBase64").GetString().ShouldBe("aGk=");
        sent.GetProperty("attachments")[0].GetProperty("contentId").GetString().ShouldBe("cid1");
        sent.GetProperty("replyTo")[0].GetProperty("address").GetString().ShouldBe("reply@wallet.example");
        sent.GetProperty("userEngagementTrackingDisabled").GetBoolean().ShouldBeTrue();

        (await operation.WaitForCompletionAsync(Soon, default)).Value.Status.ShouldBe(EmailSendStatus.Succeeded);
        operation.HasValue.ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_id_is_the_same_mail_and_no_id_is_a_new_one()
    {
        var id = Guid.NewGuid();
        await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>", id, "text");
        await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>", id, "text");
        _service.Outbox.Count.ShouldBe(1);
        await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", null, "text");
        _service.Outbox.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_retry_of_one_call_is_the_same_mail()
    {
        var options = new EmailClientOptions().With(Faults.First(new(FaultKind.AnswerLost)));
        await new EmailClient(_service.ConnectionString(), options).SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>");
        _service.Requests.ShouldBe(2);
        _service.Outbox.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_operation_is_taken_up_again_by_its_id()
    {
        var id = (await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>")).Id;
        var resumed = new EmailSendOperation(id, Client);
        resumed.HasCompleted.ShouldBeFalse();
        (await resumed.UpdateStatusAsync()).Status.ShouldBe(200);
        resumed.HasCompleted.ShouldBeFalse("the service is still at it");
        await resumed.UpdateStatusAsync();
        resumed.Value.Status.ShouldBe(EmailSendStatus.Succeeded);
        var looks = _service.Requests;
        await resumed.UpdateStatusAsync();
        _service.Requests.ShouldBe(looks, "a completed operation is not asked for again");
    }

    [Fact]
    public async Task A_terminal_failure_is_an_exception_of_a_successful_request()
    {
        (_service.FailsWith, _service.Running) = ("EmailDroppedAllRecipientsSuppressed", 0);
        var failure = await Should.ThrowAsync<RequestFailedException>(() => Client.SendAsync(WaitUntil.Completed, "s@x.example", "r@x.example", "subject", "<p/>"));
        failure.Status.ShouldBe(200);
        failure.ErrorCode.ShouldBe("EmailDroppedAllRecipientsSuppressed");

        var operation = await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>");
        await Should.ThrowAsync<RequestFailedException>(async () => await operation.UpdateStatusAsync());
        operation.HasCompleted.ShouldBeTrue();
        operation.HasValue.ShouldBeFalse();
        Should.Throw<RequestFailedException>(() => operation.Value);
    }

    [Fact]
    public async Task A_refusal_tells_its_code_and_is_not_repeated()
    {
        var failure = await Should.ThrowAsync<RequestFailedException>(() => Client.SendAsync(WaitUntil.Started, "s@x.example", "refused@x.example", "subject", "<p/>"));
        failure.Status.ShouldBe(400);
        failure.ErrorCode.ShouldBe("InvalidEmailAddress");
        _service.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_throttled_call_waits_as_long_as_it_is_told()
    {
        _service.Throttled = 1;
        var started = Stopwatch.GetTimestamp();
        await Client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>");
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900));
        _service.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var client = new EmailClient(_service.ConnectionString(Convert.ToBase64String(new byte[32])));
        (await Should.ThrowAsync<RequestFailedException>(() => client.SendAsync(WaitUntil.Started, "s@x.example", "r@x.example", "subject", "<p/>"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_before_any_request_in_a_fixed_order()
    {
        var message = new EmailMessage(" ", new EmailRecipients(), new EmailContent(" ")) { Headers = { ["x"] = " " }, Attachments = { new EmailAttachment("a", "b", BinaryData.FromBytes(Array.Empty<byte>())) } };
        await Refused(message, "header");
        message.Headers.Clear();
        await Refused(message, "neither HTML nor plain text");
        message.Content.Html = "<p/>";
        await Refused(message, "subject");
        message = new EmailMessage(" ", new EmailRecipients(), new EmailContent("s") { PlainText = "t" });
        await Refused(message, "sender");
        message = new EmailMessage("s@x.example", new EmailRecipients(), new EmailContent("s") { PlainText = "t" });
        await Refused(message, "no recipient");
        message.Recipients.CC.Add(new EmailAddress(" "));
        await Refused(message, "no address");
        message = new EmailMessage("s@x.example", "r@x.example", new EmailContent("s") { PlainText = "t" }) { Attachments = { new EmailAttachment("a", "b", BinaryData.FromBytes(Array.Empty<byte>())) } };
        await Refused(message, "attachment");
        _service.Requests.ShouldBe(0);
    }

    [Fact]
    public void The_signature_is_the_documented_one()
    {
        var hash = HmacPolicy.Hash(RequestContent.Create(BinaryData.FromString("{\"a\":1}")));
        hash.ShouldBe("AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX+GI=");
        HmacPolicy.Hash(null).ShouldBe("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        new HmacPolicy(new AzureKeyCredential(StandInService.Key))
            .Signature("POST", new Uri("https://contoso.communication.azure.com/emails:send?api-version=2025-09-01"), "Mon, 05 Jan 2026 12:00:00 GMT", hash)
            .ShouldBe("HmmOAWD+Aglgdfrtg4HWoIpN1T83R9S+pn+pb9nXpDQ=");
    }

    private async Task Refused(EmailMessage message, string because) =>
        (await Should.ThrowAsync<ArgumentException>(() => Client.SendAsync(WaitUntil.Started, message))).Message.ShouldContain(because);
}
