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
        (begun.Status, begun.NextDue(), begun.IsOverdue(Now.AddDays(30))).ShouldBe((ConversationStatus.Pending, null, false));
        var ours = Tell(begun, MatterTurn.Ours(Now.AddHours(24)));
        (ours.NextDue(), ours.IsOverdue(Now.AddHours(24)), ours.IsOverdue(Now.AddHours(25))).ShouldBe((Now.AddHours(24), false, true));
        Tell(ours, MatterTurn.Theirs).NextDue().ShouldBeNull();

        // What was due sooner stays so.
        Tell(ours, MatterTurn.Ours(Now.AddHours(25))).NextDue().ShouldBe(Now.AddHours(24));
        Tell(ours, turn: null).NextDue().ShouldBe(Now.AddHours(24));
    }

    [Fact]
    public void It_is_pending_as_soon_as_our_turn_has_passed_to_others_and_open_when_it_comes_back()
    {
        var ours = Tell(Begun(), MatterTurn.Ours(Now.AddHours(24)));
        ours.Status.ShouldBe(ConversationStatus.Open);
        var step = Opening.Append(ours, Words, Priority.Low, Now, MatterTurn.Theirs);
        (step.Conversation.Status, step.Conversation.NextDue()).ShouldBe((ConversationStatus.Pending, null));
        step.Items.Cast<InboxEvent>().Select(item => (item.Kind, item.By)).ShouldBe([("system", null), ("status_changed", null)]);
        Tell(step.Conversation, MatterTurn.Theirs).ShouldBe(step.Conversation with { Count = step.Conversation.Count + 1 });
        Tell(step.Conversation, MatterTurn.Ours(Now.AddHours(30))).Status.ShouldBe(ConversationStatus.Open);
    }

    [Theory]
    [InlineData(ConversationStatus.Open)]
    [InlineData(ConversationStatus.Pending)]
    [InlineData(ConversationStatus.Snoozed)]
    [InlineData(ConversationStatus.Resolved)]
    public void What_an_agent_chose_while_others_have_to_act_stands_for_as_long_as_they_have(ConversationStatus chosen)
    {
        var head = new ConversationChange { Status = chosen, SnoozeUntil = chosen == ConversationStatus.Snoozed ? Now.AddDays(9) : null }.Apply(Begun(), Mails.Agent, Now).Value!.Conversation;
        Tell(Tell(head, MatterTurn.Theirs), MatterTurn.Theirs).Status.ShouldBe(chosen);
    }

    [Theory]
    [InlineData(ConversationStatus.Snoozed)]
    [InlineData(ConversationStatus.Resolved)]
    public void What_an_agent_put_aside_while_it_was_our_turn_stays_there_when_it_passes_to_others(ConversationStatus chosen)
    {
        var ours = Tell(Begun(), MatterTurn.Ours(Now.AddHours(24)));
        var head = new ConversationChange { Status = chosen, SnoozeUntil = chosen == ConversationStatus.Snoozed ? Now.AddDays(9) : null }.Apply(ours, Mails.Agent, Now).Value!.Conversation;
        var passed = Tell(head, MatterTurn.Theirs);
        (passed.Status, passed.NextDue()).ShouldBe((chosen, null));
    }

    [Fact]
    public void It_stays_open_while_somebody_waits_for_an_answer_though_the_turn_in_the_matter_passes_to_others()
    {
        var written = Tell(Write(Tell(Begun(), MatterTurn.Ours(Now.AddHours(1)))), MatterTurn.Theirs);
        (written.Status, written.NextDue()).ShouldBe((ConversationStatus.Open, Now.AddHours(24)));
        Answer(written).Status.ShouldBe(ConversationStatus.Pending);
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
