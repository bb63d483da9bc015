using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Embedded.Tests.Support;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Queues;

/// <summary>States the behaviour of Azure.Storage.Queues' QueueClient, and learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.</summary>
public class QueueTests : IAsyncLifetime
{
    private readonly QueueClient _queue = new(Azurite.SharedConnectionString, Azurite.UniqueName("q"));

    public async Task InitializeAsync() => (await _queue.CreateIfNotExistsAsync()).Status.ShouldBe(201);

    public async Task DisposeAsync() => await _queue.DeleteIfExistsAsync();

    [Fact]
    public async Task A_queue_is_made_once()
    {
        (await _queue.CreateIfNotExistsAsync()).ShouldBeNull();
        (await _queue.CreateIfNotExistsAsync(Support.Metadata.Of(("other", "metadata")))).ShouldBeNull();
        var service = new QueueServiceClient(Azurite.SharedConnectionString);
        var name = Azurite.UniqueName("made");
        var made = (await service.CreateQueueAsync(name, Support.Metadata.Of(("a", "b")))).Value;
        made.Name.ShouldBe(name);
        made.Uri.AbsolutePath.ShouldBe($"/devstoreaccount1/{name}");
        (await Fails(() => made.CreateAsync())).ShouldBe((409, (string?)QueueErrorCode.QueueAlreadyExists.ToString()));
        (await made.ExistsAsync()).Value.ShouldBeTrue();
        (await made.GetPropertiesAsync()).Value.Metadata["a"].ShouldBe("b");
        var listed = new List<QueueItem>();
        await foreach (var item in service.GetQueuesAsync(QueueTraits.Metadata, name)) listed.Add(item);
        listed.ShouldHaveSingleItem().Metadata["a"].ShouldBe("b");
        (await made.DeleteIfExistsAsync()).Value.ShouldBeTrue();
        (await made.DeleteIfExistsAsync()).Value.ShouldBeFalse();
        (await made.ExistsAsync()).Value.ShouldBeFalse();
        (await Fails(() => made.SendMessageAsync("x"))).ShouldBe((404, (string?)"QueueNotFound"));
    }

    [Fact]
    public async Task A_received_message_is_hidden_until_its_time_and_counted()
    {
        var sent = (await _queue.SendMessageAsync("<&> 中文 🙂")).Value;
        (await _queue.PeekMessageAsync()).Value.DequeueCount.ShouldBe(0);
        (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount.ShouldBe(1);

        var first = (await _queue.ReceiveMessageAsync(TimeSpan.FromSeconds(2))).Value;
        first.MessageId.ShouldBe(sent.MessageId);
        first.Body.ToString().ShouldBe("<&> 中文 🙂");
        first.DequeueCount.ShouldBe(1);
        first.ExpiresOn!.Value.ShouldBe(first.InsertedOn!.Value.AddDays(7));

        var second = await NextAsync(first.NextVisibleOn.ShouldNotBeNull());
        second.DequeueCount.ShouldBe(2);
        (await Fails(() => _queue.DeleteMessageAsync(first.MessageId, first.PopReceipt))).Status.ShouldBeOneOf(400, 404);
        (await _queue.DeleteMessageAsync(second.MessageId, second.PopReceipt)).Status.ShouldBe(204);
        (await Fails(() => _queue.DeleteMessageAsync(second.MessageId, second.PopReceipt))).ShouldBe((404, (string?)QueueErrorCode.MessageNotFound.ToString()));
    }

    [Fact]
    public async Task An_update_makes_a_new_receipt_and_may_replace_the_text()
    {
        await _queue.SendMessageAsync("before");
        var message = (await _queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1))).Value;
        var kept = (await _queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.FromMinutes(5))).Value;
        kept.PopReceipt.ShouldNotBe(message.PopReceipt, StringComparer.Ordinal);
        kept.NextVisibleOn.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(4));
        (await Fails(() => _queue.DeleteMessageAsync(message.MessageId, message.PopReceipt))).Status.ShouldBeOneOf(400, 404);

        var updated = message.Update(kept);
        updated.PopReceipt.ShouldBe(kept.PopReceipt);
        await _queue.UpdateMessageAsync(updated.MessageId, updated.PopReceipt, "after");
        var again = await Eventually.Some("the message is visible at once", async () => (await _queue.ReceiveMessageAsync()).Value);
        again.MessageText.ShouldBe("after");
    }

    [Fact]
    public async Task A_message_can_be_sent_for_later()
    {
        var sent = (await _queue.SendMessageAsync("later", visibilityTimeout: TimeSpan.FromSeconds(2), timeToLive: TimeSpan.FromMinutes(1))).Value;
        (await NextAsync(sent.TimeNextVisible)).MessageText.ShouldBe("later");
    }

    /// <summary>The hidden message; on a busy machine its time may have come before anybody could ask.</summary>
    private async Task<QueueMessage> NextAsync(DateTimeOffset visibleOn)
    {
        var early = (await _queue.ReceiveMessageAsync()).Value;
        if (DateTimeOffset.UtcNow < visibleOn) early.ShouldBeNull();
        return early ?? await Eventually.Some("the message appeared", async () => (await _queue.ReceiveMessageAsync()).Value);
    }

    [Fact]
    public async Task Up_to_32_come_at_once_and_all_can_be_cleared()
    {
        for (var i = 0; i < 35; i++) await _queue.SendMessageAsync($"{i}");
        (await _queue.PeekMessagesAsync(32)).Value.Length.ShouldBe(32);
        (await _queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(1))).Value.Length.ShouldBe(32);
        (await _queue.ReceiveMessagesAsync()).Value.Length.ShouldBe(1);
        (await Fails(() => _queue.ReceiveMessagesAsync(33))).Status.ShouldBe(400);
        (await _queue.ClearMessagesAsync()).Status.ShouldBe(204);
        (await _queue.ReceiveMessagesAsync(32)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Base64_holds_any_bytes_and_is_what_travels()
    {
        var base64 = new QueueClient(Azurite.SharedConnectionString, _queue.Name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await base64.SendMessageAsync(BinaryData.FromBytes(new byte[] { 0, 1, 255 }));
        (await _queue.PeekMessageAsync()).Value.Body.ToString().ShouldBe("AAH/");
        (await base64.ReceiveMessageAsync()).Value.Body.ToArray().ShouldBe([0, 1, 255]);
        await _queue.SendMessageAsync("no base64!");
        await Should.ThrowAsync<FormatException>(() => base64.ReceiveMessageAsync());
    }

    [Fact]
    public async Task A_busy_service_is_asked_again()
    {
        var faults = Faults.First(new(FaultKind.Answer, 503));
        await new QueueClient(Azurite.SharedConnectionString, _queue.Name, new QueueClientOptions().With(faults)).SendMessageAsync("x");
        faults.Tries.ShouldBe(2);
        (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount.ShouldBe(1);
    }

    [Fact]
    public void The_version_is_that_of_the_package_which_the_trigger_brings()
    {
        new QueueClientOptions().Version.ShouldBe(QueueClientOptions.ServiceVersion.V2025_01_05);
        ((int)QueueClientOptions.ServiceVersion.V2025_01_05).ShouldBe(25);
    }

    [Fact]
    public async Task Five_retries_and_then_the_failure()
    {
        var faults = new Faults(_ => new(FaultKind.Answer, 503));
        await Should.ThrowAsync<RequestFailedException>(() => new QueueClient(Azurite.SharedConnectionString, _queue.Name, new QueueClientOptions().With(faults)).SendMessageAsync("x"));
        faults.Tries.ShouldBe(6);
    }

    [Fact]
    public async Task After_a_lost_answer_the_message_is_there_twice()
    {
        var faults = Faults.First(new(FaultKind.AnswerLost));
        await new QueueClient(Azurite.SharedConnectionString, _queue.Name, new QueueClientOptions().With(faults)).SendMessageAsync("x");
        (await _queue.GetPropertiesAsync()).Value.ApproximateMessagesCount.ShouldBe(2);
    }

    private static async Task<(int Status, string? Code)> Fails(Func<Task> act)
    {
        var failure = await Should.ThrowAsync<RequestFailedException>(act);
        return (failure.Status, failure.ErrorCode);
    }
}
