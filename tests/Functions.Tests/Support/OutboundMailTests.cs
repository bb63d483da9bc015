using Shouldly;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Tests.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Support;

/// <summary>A customer never gets the same answer twice, and no stored answer is forgotten.</summary>
public sealed class OutboundMailTests
{
    [Fact]
    public async Task A_sender_that_forgets_is_not_asked_again_after_a_crash_and_the_reply_is_shown_as_unknown()
    {
        var (rig, id, reply) = await ReplyAsync();
        rig.Sender.DiesAfter = true;
        await Record.ExceptionAsync(() => rig.Outbound.SendAsync(id, reply.Id, default));
        rig.Sender.DiesAfter = false;
        await rig.Another().Outbound.SendAsync(id, reply.Id, default); // too early: the first may still be at it
        (await StateAsync(rig, id)).ShouldBe(DeliveryState.Sending);
        rig.Clock.Now += OutboundMail.Lease + TimeSpan.FromSeconds(1);
        await rig.Another().Outbound.SendAsync(id, reply.Id, default);
        await rig.Another().Outbound.SendAsync(id, reply.Id, default);
        rig.Sender.Delivered.Count.ShouldBe(1);
        (await StateAsync(rig, id)).ShouldBe(DeliveryState.Unknown);
        (await rig.ReadAsync(id)).Items.OfType<InboxEvent>().Count(e => e.Kind == "send_unknown").ShouldBe(1);
    }

    [Theory]
    [InlineData(Fault.EndBefore)]
    [InlineData(Fault.EndAfter)]
    internal async Task A_sender_that_remembers_gets_the_mail_through_whenever_the_process_ends(Fault fault)
    {
        var rig = await InboxRig.OpenAsync();
        rig.Sender.CanRepeat = true;
        await rig.TakeAsync(InboxRig.MailText("q@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        var whole = rig.Another();
        await whole.Outbound.SendAsync(id, (await rig.ReplyAsync(id, "answer 0")).Id, default);
        var calls = whole.Faults.Calls;
        for (var call = 1; call <= calls; call++)
        {
            var at = call;
            var reply = await rig.ReplyAsync(id, $"answer {call}");
            var dying = rig.Another();
            dying.Faults.Plan = (number, _) => number == at ? fault : Fault.None;
            await Record.ExceptionAsync(() => dying.Outbound.SendAsync(id, reply.Id, default));
            rig.Clock.Now += OutboundMail.Lease + TimeSpan.FromSeconds(1);
            await rig.Another().Outbound.SendAsync(id, reply.Id, default);
            await rig.Another().Outbound.SendAsync(id, reply.Id, default);
        }

        calls.ShouldBeInRange(4, 20);
        rig.Sender.Delivered.Select(mail => mail.Text).ShouldBe(Enumerable.Range(0, calls + 1).Select(i => $"answer {i}"));
        (await rig.ReadAsync(id)).Messages.Where(m => !m.Inbound).ShouldAllBe(m => m.State == DeliveryState.Sent);
    }

    [Fact]
    public async Task A_refusal_is_final_and_a_busy_server_is_asked_again()
    {
        var (rig, id, reply) = await ReplyAsync();
        rig.Sender.Answer = _ => new SendOutcome.TryLater(TimeSpan.FromMinutes(1));
        await rig.Outbound.SendAsync(id, reply.Id, default);
        await rig.Outbound.SendAsync(id, reply.Id, default);
        rig.Sender.Answer = _ => new SendOutcome.Failed("recipient_refused");
        await rig.Outbound.SendAsync(id, reply.Id, default);
        var (head, messages, _) = await rig.ReadAsync(id);
        messages[^1].State.ShouldBe(DeliveryState.Failed);
        messages[^1].FailureCode.ShouldBe("recipient_refused");
        head.Status.ShouldBe(ConversationStatus.Open);
    }

    [Fact]
    public async Task A_ring_that_was_lost_is_made_up_for()
    {
        var (rig, id, reply) = await ReplyAsync();
        await rig.Storage.Queue(OutboundMailNote.QueueName).ClearMessagesAsync();
        rig.Clock.Now += TimeSpan.FromMinutes(3);
        await rig.Outbound.SweepAsync(default);
        (await rig.Storage.Queue(OutboundMailNote.QueueName).ReceiveMessagesAsync(maxMessages: 5)).Value.Length.ShouldBe(1);
        await rig.Outbound.SendAsync(id, reply.Id, default);
        await rig.Storage.Queue(OutboundMailNote.QueueName).ClearMessagesAsync();
        rig.Clock.Now += TimeSpan.FromMinutes(3);
        await rig.Outbound.SweepAsync(default);
        (await rig.Storage.Queue(OutboundMailNote.QueueName).ReceiveMessagesAsync(maxMessages: 5)).Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Replies_written_at_the_same_moment_are_all_kept_and_the_same_key_is_one_reply()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("q@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => rig.Another().ReplyAsync(id, $"answer {i}")));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rig.Another().ReplyAsync(id, "once", key: "the same key")));
        var texts = (await rig.ReadAsync(id)).Messages.Where(m => !m.Inbound).Select(m => m.Text).ToList();
        texts.Count.ShouldBe(7);
        texts.Count(text => text == "once").ShouldBe(1);
    }

    private static async Task<(InboxRig Rig, Domain.ConversationId Id, InboxMessage Reply)> ReplyAsync()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("q@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        return (rig, id, await rig.ReplyAsync(id));
    }

    private static async Task<DeliveryState> StateAsync(InboxRig rig, Domain.ConversationId id) => (await rig.ReadAsync(id)).Messages.Last(m => !m.Inbound).State;
}
