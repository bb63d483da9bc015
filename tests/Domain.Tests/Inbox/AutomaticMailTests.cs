using Shouldly;
using WalletFunctions.Domain.Inbox;
using Xunit;

namespace WalletFunctions.Domain.Tests.Inbox;

public class AutomaticMailTests
{
    [Theory]
    [InlineData("Auto-Submitted", "auto-replied", AutomationKind.Reply, true)]
    [InlineData("Auto-Submitted", "auto-generated; type=x", AutomationKind.Reply, true)]
    [InlineData("Auto-Submitted", "no", AutomationKind.None, false)]
    [InlineData("Precedence", "bulk", AutomationKind.Bulk, true)]
    [InlineData("Precedence", "auto_reply", AutomationKind.Reply, true)]
    [InlineData("Precedence", "first-class", AutomationKind.None, false)]
    [InlineData("List-Id", "<news.shop.example>", AutomationKind.Bulk, true)]
    [InlineData("Feedback-ID", "1:2:3", AutomationKind.Bulk, true)]
    [InlineData("Return-Path", "<>", AutomationKind.Reply, true)]
    [InlineData("Return-Path", "<li.na@customer.example>", AutomationKind.None, false)]
    [InlineData("X-Loop", "x", AutomationKind.Reply, true)]
    [InlineData("X-Failed-Recipients", "a@x.example", AutomationKind.Report, true)]
    [InlineData("X-Auto-Response-Suppress", "All", AutomationKind.None, true)]
    [InlineData("Subject", "hello", AutomationKind.None, false)]
    public void Programs_are_known_by_their_headers(string name, string value, AutomationKind kind, bool suppress) =>
        MailAutomation.Of(asked => asked.Equals(name, StringComparison.OrdinalIgnoreCase) ? value : null, isReport: false).ShouldBe(new MailAutomation(kind, suppress));

    [Fact]
    public void An_automatic_answer_neither_opens_a_resolved_conversation_nor_counts_as_unread()
    {
        var resolved = Mails.Begun() with { Status = ConversationStatus.Resolved, Unread = 0, DueAt = null };
        var after = Receiving.Receive(resolved, Mails.Message(2), OutOfOffice())!.Conversation;
        after.Status.ShouldBe(ConversationStatus.Resolved);
        after.Unread.ShouldBe(0);
        after.DueAt.ShouldBeNull();
        Receiving.Receive(resolved, Mails.Message(3), Mails.From(Mails.LiNa))!.Conversation.Status.ShouldBe(ConversationStatus.Open);
    }

    [Fact]
    public void The_third_automatic_answer_with_the_same_subject_is_stopped()
    {
        var conversation = Mails.Begun();
        for (var i = 0; i < 2; i++)
        {
            conversation = Receiving.Receive(conversation, Mails.Message(10 + i), OutOfOffice())!.Conversation;
        }

        Receiving.Receive(conversation, Mails.Message(12), OutOfOffice()).ShouldBeNull();
        var person = Receiving.Receive(conversation, Mails.Message(13), Mails.From(Mails.LiNa))!.Conversation;
        Receiving.Receive(person, Mails.Message(14), OutOfOffice()).ShouldNotBeNull(); // a person wrote between
    }

    [Fact]
    public void Two_programs_that_change_their_subjects_are_stopped_by_the_count()
    {
        var conversation = Mails.Begun();
        var taken = 0;
        for (var i = 0; i < 100 && Receiving.Receive(conversation, Mails.Message(10 + i), OutOfOffice() with { Subject = $"ticket {i}" }) is { } step; i++)
        {
            conversation = step.Conversation;
            taken++;
        }

        taken.ShouldBe(AutomaticTraffic.MaxPerConversation);
    }

    [Fact]
    public void A_bounce_marks_the_reply_once_and_only_by_an_id_that_we_signed()
    {
        var conversation = Mails.Begun();
        var step = Answering.Reply(conversation, Mails.Message(2), Mails.Agent, "hi", null, Mails.Signature, Mails.Now).Value!;
        var sent = step.Items.OfType<InboxMessage>().Single() with { State = DeliveryState.Sent };
        var report = new BounceReport(BounceAction.Failed, ["first@customer.example", sent.MailMessageId!], "5.1.1");
        report.Concerns(Mails.Signature).ShouldBe(new OwnMessage(conversation.Id, sent.Id));
        new BounceReport(BounceAction.Failed, ["first@customer.example"], null).Concerns(Mails.Signature).ShouldBeNull();

        var bounced = Receiving.Bounce(step.Conversation, sent, report, Mails.Now).ShouldNotBeNull();
        bounced.Message.State.ShouldBe(DeliveryState.Bounced);
        bounced.Step.Conversation.Status.ShouldBe(ConversationStatus.Open);
        bounced.Step.Items.OfType<InboxEvent>().Single().Kind.ShouldBe("bounced");
        Receiving.Bounce(bounced.Step.Conversation, bounced.Message, report, Mails.Now).ShouldBeNull();
        Receiving.Bounce(step.Conversation, sent, report with { Action = BounceAction.Other }, Mails.Now).ShouldBeNull();
        Receiving.Bounce(step.Conversation, sent, report with { Action = BounceAction.Delayed }, Mails.Now)!.Value.Message.State.ShouldBe(DeliveryState.Sent);
    }

    private static InboundMessage OutOfOffice() => Mails.From(Mails.LiNa, subject: "Out of office") with { Automation = new(AutomationKind.Reply, true) };
}
