using Shouldly;
using WalletFunctions.Domain.Inbox;
using Xunit;

namespace WalletFunctions.Domain.Tests.Inbox;

/// <summary>Conversations that follow a matter: due while it is our turn, resolved when it has ended, and never over the head of whoever waits for an answer.</summary>
public class MatterTurnTests
{
    private static readonly DateTimeOffset Now = Mails.Now;
    private static readonly Text Words = new("有变化。", "Something happened.");

    [Fact]
    public void Nothing_is_due_while_others_have_to_act()
    {
        var begun = Begun();
        (begun.Status, begun.NextDue(), begun.IsOverdue(Now.AddDays(30))).ShouldBe((ConversationStatus.Open, null, false));
        var ours = Tell(begun, MatterTurn.Ours(Now.AddHours(24)));
        (ours.NextDue(), ours.IsOverdue(Now.AddHours(24)), ours.IsOverdue(Now.AddHours(25))).ShouldBe((Now.AddHours(24), false, true));
        Tell(ours, MatterTurn.Theirs).NextDue().ShouldBeNull();

        // What was due sooner stays so.
        Tell(ours, MatterTurn.Ours(Now.AddHours(25))).NextDue().ShouldBe(Now.AddHours(24));
        Tell(ours, turn: null).NextDue().ShouldBe(Now.AddHours(24));
    }

    [Fact]
    public void An_answer_does_not_make_up_for_a_step_nor_a_step_for_an_answer()
    {
        var ours = Tell(Begun(), MatterTurn.Ours(Now.AddHours(24)));
        var answered = Answer(Write(ours));
        (answered.Status, answered.NextDue(), answered.IsOverdue(Now.AddHours(25))).ShouldBe((ConversationStatus.Pending, Now.AddHours(24), true));
        var written = Tell(Write(Begun()), MatterTurn.Theirs);
        (written.NextDue(), written.IsOverdue(Now.AddHours(25))).ShouldBe((Now.AddHours(24), true));
    }

    [Theory]
    [InlineData(ConversationStatus.Pending)]
    [InlineData(ConversationStatus.Snoozed)]
    [InlineData(ConversationStatus.Resolved)]
    public void Our_turn_brings_it_back_whatever_it_was(ConversationStatus status)
    {
        var step = Opening.Append(Begun() with { Status = status, SnoozeUntil = status == ConversationStatus.Snoozed ? Now.AddDays(9) : null }, Words, Priority.Low, Now, MatterTurn.Ours(Now.AddHours(1)));
        (step.Conversation.Status, step.Conversation.SnoozeUntil, step.Conversation.NextDue()).ShouldBe((ConversationStatus.Open, null, Now.AddHours(1)));
        step.Items.Cast<InboxEvent>().Select(item => (item.Kind, item.By, item.Number)).ShouldBe([("system", null, 2), ("status_changed", null, 3)]);
    }

    [Fact]
    public void The_end_resolves_it_and_whoever_writes_opens_it_again()
    {
        foreach (var before in new[] { Begun(), Tell(Begun(), MatterTurn.Ours(Now.AddHours(1))), Answer(Write(Begun())) })
        {
            var ended = Tell(before, MatterTurn.Nobodys);
            (ended.Status, ended.NextDue(), ended.Unread).ShouldBe((ConversationStatus.Resolved, null, 0));
            var again = Write(ended);
            (again.Status, again.NextDue()).ShouldBe((ConversationStatus.Open, Now.AddHours(24)));
        }
    }

    [Fact]
    public void The_end_leaves_it_open_where_somebody_waits_for_an_answer_or_an_agent_comes_back_to_it()
    {
        var waits = Tell(Write(Tell(Begun(), MatterTurn.Ours(Now.AddHours(1)))), MatterTurn.Nobodys);
        (waits.Status, waits.NextDue()).ShouldBe((ConversationStatus.Open, Now.AddHours(24)));

        // An answer that did not get there is still waited for.
        var replied = Answering.Reply(Write(Begun()), Mails.Message(3), Mails.Agent, "hi", null, Mails.Signature, Now).Value!;
        var failed = Answering.Outcome(replied.Conversation, replied.Items.OfType<InboxMessage>().Single(), DeliveryState.Failed, "recipient_refused", Now)!.Value.Step!.Conversation;
        Tell(failed, MatterTurn.Nobodys).Status.ShouldBe(ConversationStatus.Open);

        var snoozed = Begun() with { Status = ConversationStatus.Snoozed, SnoozeUntil = Now.AddDays(1) };
        Tell(snoozed, MatterTurn.Nobodys).ShouldBe(snoozed with { Count = snoozed.Count + 1 });
    }

    private static Conversation Begun() => Opening.Open(
        new Conversation { Id = Mails.Conversation(), Subject = "Refund", Contact = Mails.LiNa, Participants = [Mails.LiNa], CreatedAt = Now, LastMessageAt = Now, DueAt = Now.AddHours(24) }, Words, Now, MatterTurn.Theirs).Conversation;

    private static Conversation Tell(Conversation conversation, MatterTurn? turn) => Opening.Append(conversation, Words, Priority.Low, Now, turn).Conversation;

    private static Conversation Write(Conversation conversation) => Receiving.Receive(conversation, Mails.Message(2), Mails.From(Mails.LiNa))!.Conversation;

    private static Conversation Answer(Conversation conversation) => Answering.Reply(conversation, Mails.Message(3), Mails.Agent, "We look into it.", null, Mails.Signature, Now).Value!.Conversation;
}
