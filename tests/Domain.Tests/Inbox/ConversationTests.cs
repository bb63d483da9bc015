using Shouldly;
using WalletFunctions.Domain.Inbox;
using Xunit;

namespace WalletFunctions.Domain.Tests.Inbox;

public class ConversationTests
{
    [Fact]
    public void The_first_mail_opens_the_conversation_with_an_answer_due()
    {
        var conversation = Mails.Begun();
        conversation.Status.ShouldBe(ConversationStatus.Open);
        conversation.Unread.ShouldBe(1);
        conversation.DueAt.ShouldBe(Mails.Now.AddHours(24));
        conversation.Contact.ShouldBe(Mails.LiNa);
        conversation.Participants.ShouldBe([Mails.LiNa]);
        conversation.Thread.Answers.ShouldBe("first@customer.example");
    }

    [Fact]
    public void A_reply_carries_the_thread_and_turns_it_over_to_the_customer()
    {
        var conversation = Mails.Begun();
        var step = Answering.Reply(conversation, Mails.Message(2), Mails.Agent, "We look into it.", null, Mails.Signature, Mails.Now.AddHours(1)).Value!;
        var reply = step.Items.OfType<InboxMessage>().Single();
        reply.State.ShouldBe(DeliveryState.Queued);
        reply.Address.ShouldBe("li.na@customer.example");
        reply.Subject.ShouldBe("Re: Question " + Mails.Signature.TokenOf(conversation.Id));
        reply.Thread!.Answers.ShouldBe("first@customer.example");
        Mails.Signature.Read(reply.MailMessageId!)!.Message.ShouldBe(reply.Id);
        step.Conversation.Status.ShouldBe(ConversationStatus.Pending);
        step.Conversation.Assignee.ShouldBe(Mails.Agent);
        step.Conversation.DueAt.ShouldBeNull();
        step.Conversation.Thread.References.ShouldBe(["first@customer.example", reply.MailMessageId!]);
    }

    [Fact]
    public void Nobody_is_answered_where_no_address_is_known()
    {
        var unknown = Mails.Begun(Mails.From(null));
        Answering.Reply(unknown, Mails.Message(2), Mails.Agent, "hi", null, Mails.Signature, Mails.Now).Error!.Code.ShouldBe("no_reply_route");
        Answering.Reply(Mails.Begun(), Mails.Message(2), Mails.Agent, "hi", "wechat", Mails.Signature, Mails.Now).Error!.Code.ShouldBe("no_reply_route");
    }

    [Fact]
    public void An_answer_goes_to_Reply_To_and_a_new_address_in_the_thread_is_pointed_out()
    {
        var conversation = Mails.Begun();
        var step = Receiving.Receive(conversation, Mails.Message(2), Mails.From(Mails.Stranger) with { ReplyTo = Mails.LiNa })!;
        step.Conversation.Contact.ShouldBe(Mails.LiNa);
        step.Items.OfType<InboxEvent>().Single().Kind.ShouldBe("new_participant");
    }

    [Fact]
    public void What_became_of_a_reply_is_told_once_and_a_failure_brings_it_back()
    {
        var step = Answering.Reply(Mails.Begun(), Mails.Message(2), Mails.Agent, "hi", null, Mails.Signature, Mails.Now).Value!;
        var reply = step.Items.OfType<InboxMessage>().Single();
        var failed = Answering.Outcome(step.Conversation, reply, DeliveryState.Failed, "recipient_refused", Mails.Now)!.Value;
        failed.Message.FailureCode.ShouldBe("recipient_refused");
        failed.Step!.Conversation.Status.ShouldBe(ConversationStatus.Open);
        Answering.Outcome(step.Conversation, reply with { State = DeliveryState.Bounced }, DeliveryState.Sent, null, Mails.Now).ShouldBeNull();
        Answering.Outcome(step.Conversation, reply, DeliveryState.Sent, null, Mails.Now)!.Value.Step.ShouldBeNull();
    }

    [Fact]
    public void The_chain_finds_a_message_that_was_changed_taken_away_or_added()
    {
        var conversation = Mails.Begun();
        var messages = new List<InboxMessage>();
        conversation = Receiving.Begin(Mails.Conversation(), Mails.From(Mails.LiNa));
        for (var i = 1; i <= 5; i++)
        {
            var step = Receiving.Receive(conversation, Mails.Message(i), Mails.From(Mails.LiNa, $"text {i}"))!;
            conversation = step.Conversation;
            messages.AddRange(step.Items.OfType<InboxMessage>());
        }

        RecordChain.FirstBroken(messages, conversation.ChainHash).ShouldBeNull();
        RecordChain.FirstBroken(messages.Select(m => m with { State = DeliveryState.Bounced }), conversation.ChainHash).ShouldBeNull();
        RecordChain.FirstBroken(messages.Select(m => m.Number == 3 ? m with { Text = "text 3!" } : m), conversation.ChainHash).ShouldBe(3);
        RecordChain.FirstBroken(messages.Where(m => m.Number != 2), conversation.ChainHash).ShouldBe(3);
        RecordChain.FirstBroken(messages.Take(4), conversation.ChainHash).ShouldBe(5);
    }

    [Fact]
    public void A_change_leaves_an_event_for_each_thing_changed_and_none_for_the_rest()
    {
        var conversation = Mails.Begun();
        var change = new ConversationChange { Status = ConversationStatus.Resolved, Priority = Priority.Normal, HasAssignee = true, Assignee = Mails.Agent, Topic = "withdrawal", Tags = ["b", "a", "a"] };
        var step = change.Apply(conversation, Mails.Agent, Mails.Now).Value!;
        step.Items.Cast<InboxEvent>().Select(e => e.Kind).ShouldBe(["status_changed", "assigned", "topic_changed", "tags_changed"]);
        step.Items.Select(i => i.Number).ShouldBe([2, 3, 4, 5]);
        step.Conversation.Tags.ShouldBe(["a", "b"]);
        step.Conversation.DueAt.ShouldBeNull();
        change.Apply(step.Conversation, Mails.Agent, Mails.Now).Value!.Items.ShouldBeEmpty();
    }

    [Fact]
    public void Snoozing_needs_a_moment_to_come_and_wakes_at_it()
    {
        var conversation = Mails.Begun();
        new ConversationChange { Status = ConversationStatus.Snoozed }.Apply(conversation, Mails.Agent, Mails.Now).Error!.Code.ShouldBe("snooze_needs_time");
        new ConversationChange { Status = ConversationStatus.Snoozed, SnoozeUntil = Mails.Now }.Apply(conversation, Mails.Agent, Mails.Now).IsOk.ShouldBeFalse();
        new ConversationChange { SnoozeUntil = Mails.Now.AddDays(1) }.Apply(conversation, Mails.Agent, Mails.Now).IsOk.ShouldBeFalse();
        var snoozed = new ConversationChange { Status = ConversationStatus.Snoozed, SnoozeUntil = Mails.Now.AddDays(1) }.Apply(conversation, Mails.Agent, Mails.Now).Value!.Conversation;
        Answering.Wake(snoozed, Mails.Now).ShouldBeNull();
        Answering.Wake(snoozed, Mails.Now.AddDays(1))!.Conversation.Status.ShouldBe(ConversationStatus.Open);
    }

    [Theory]
    [InlineData("new text", "new text")]
    [InlineData("new\n\nOn Mon, 2 Nov 2026, Li Na wrote:\n> old", "new")]
    [InlineData("new\n\nOn Mon, 2 Nov 2026 at 09:30, Li Na <li.na@customer.example>\nwrote:\n> old", "new")]
    [InlineData("新的\n\n李娜 <li.na@customer.example> 于2026年11月2日写道：\n> 旧的", "新的")]
    [InlineData("新的\n------------------ 原始邮件 ------------------\n旧的", "新的")]
    [InlineData("top\n> old\n> older", "top")]
    [InlineData("> old\nanswer between\n> older\nanswer two", "> old\nanswer between\n> older\nanswer two")]
    [InlineData("> nothing but quotes", "> nothing but quotes")]
    [InlineData("", "")]
    public void Only_what_repeats_earlier_mail_is_folded_away(string text, string visible) =>
        text[..QuotedText.VisibleLength(text)].ShouldBe(visible);

    [Theory]
    [InlineData(" Li.Na@Customer.Example ", "li.na@customer.example")]
    [InlineData("a@b.example.", "a@b.example")]
    [InlineData("no-at", null)]
    [InlineData("@b.example", null)]
    [InlineData("a b@c.example", null)]
    [InlineData(null, null)]
    public void An_address_has_one_form(string? address, string? expected) => ContactKey.Email(address)?.Address.ShouldBe(expected);
}
