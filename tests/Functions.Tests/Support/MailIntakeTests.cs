using Shouldly;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Tests.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Support;

/// <summary>Every mail is in the inbox once, whatever happens on the way.</summary>
public sealed class MailIntakeTests
{
    [Theory]
    [InlineData(Fault.EndBefore)]
    [InlineData(Fault.EndAfter)]
    [InlineData(Fault.AnswerLost)]
    internal async Task A_process_that_ends_at_any_storage_call_leaves_each_mail_in_the_inbox_once(Fault fault)
    {
        var rig = await InboxRig.OpenAsync();
        var began = await rig.TakeAsync(InboxRig.MailText("began@x.example", "Thread"));
        began.ShouldNotBeNull();
        var thread = (await rig.ListAsync()).Single().Id;
        var whole = rig.Another();
        await whole.TakeAsync(InboxRig.MailText("0a@x.example", "Re: Thread 0", headers: "In-Reply-To: <began@x.example>\n"));
        var calls = whole.Faults.Calls;
        for (var call = 1; call <= calls; call++)
        {
            var mail = InboxRig.MailText($"{call}@x.example", $"New {call}");
            var answer = InboxRig.MailText($"{call}a@x.example", $"Re: Thread {call}", headers: "In-Reply-To: <began@x.example>\n");
            foreach (var text in new[] { mail, answer })
            {
                var dying = rig.Another();
                var at = call;
                var raw = await rig.StoreAsync(text);
                dying.Faults.Plan = (number, _) => number == at ? fault : Fault.None;
                await Record.ExceptionAsync(() => dying.Mail.WorkAsync(raw.RawId, default));
                await rig.Another().Mail.WorkAsync(raw.RawId, default);
                await rig.Another().Mail.WorkAsync(raw.RawId, default);
            }
        }

        calls.ShouldBeInRange(8, 40);
        var all = await rig.ListAsync();
        all.Count.ShouldBe(1 + calls);
        all.Select(c => c.Subject).Distinct().Count().ShouldBe(1 + calls);
        (await rig.ReadAsync(thread)).Messages.Count.ShouldBe(2 + calls);
        foreach (var conversation in all.Where(c => c.Id != thread))
        {
            (await rig.ReadAsync(conversation.Id)).Messages.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task The_same_delivery_worked_off_by_many_at_once_is_one_message()
    {
        var rig = await InboxRig.OpenAsync();
        var raw = await rig.StoreAsync(InboxRig.MailText("same@x.example"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.Another().Mail.WorkAsync(raw.RawId, default)));
        (await rig.ReadAsync((await rig.ListAsync()).Single().Id)).Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_mail_that_two_mailboxes_got_is_one_message_and_a_Message_ID_used_twice_hides_none()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("id@x.example", headers: "Received: by one.example\n"), mailbox: "one");
        await rig.TakeAsync(InboxRig.MailText("id@x.example", headers: "Received: by two.example\n"), mailbox: "two");
        (await rig.ListAsync()).Count.ShouldBe(1);
        await rig.TakeAsync(InboxRig.MailText("id@x.example", "Something else"), mailbox: "one");
        await rig.TakeAsync(InboxRig.MailText("id@x.example", "Something else"), mailbox: "one");
        (await rig.ListAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Answers_that_arrive_together_are_all_there_in_one_unbroken_chain()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("first@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => rig.Another().TakeAsync(InboxRig.MailText($"a{i}@x.example", text: $"{i}", headers: "References: <first@x.example>\n"))));
        (await rig.ReadAsync(id)).Messages.Count.ShouldBe(11);
        (await rig.ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_customers_next_mail_lands_in_the_conversation_by_header_or_by_token_and_a_strangers_does_not()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("q@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        var reply = await rig.ReplyAsync(id);
        await rig.Outbound.SendAsync(id, reply.Id, default);
        var sent = rig.Sender.Delivered.Single();
        sent.InReplyTo.ShouldBe("q@x.example");
        sent.References.ShouldBe(["q@x.example"]);

        await rig.TakeAsync(InboxRig.MailText("n1@x.example", "Re: Question", headers: $"In-Reply-To: <{sent.MessageId}>\n"));
        await rig.TakeAsync(InboxRig.MailText("n2@x.example", sent.Subject));
        await rig.TakeAsync(InboxRig.MailText("n3@x.example", sent.Subject, from: "Mallory <mallory@elsewhere.example>"));
        await rig.TakeAsync(InboxRig.MailText("n4@x.example", "Re: Question", from: "Mallory <mallory@elsewhere.example>", headers: "In-Reply-To: <q@x.example>\n"));

        (await rig.ReadAsync(id)).Messages.Count.ShouldBe(4);
        (await rig.ListAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_bounce_marks_its_reply_once_and_brings_the_conversation_back()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync(InboxRig.MailText("q@x.example"));
        var id = (await rig.ListAsync()).Single().Id;
        var reply = await rig.ReplyAsync(id);
        await rig.Outbound.SendAsync(id, reply.Id, default);
        var bounce = $"From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nMessage-ID: <b@mx.example>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nsorry\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; li.na@customer.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{reply.MailMessageId}>\n--b--\n";
        await rig.TakeAsync(bounce, "1");
        await rig.TakeAsync(bounce, "1");
        var (head, messages, items) = await rig.ReadAsync(id);
        messages.Single(m => !m.Inbound).State.ShouldBe(DeliveryState.Bounced);
        items.OfType<InboxEvent>().Count(e => e.Kind == "bounced").ShouldBe(1);
        head.Status.ShouldBe(ConversationStatus.Open);
        (await rig.ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_no_mail_goes_to_quarantine_and_comes_out_only_when_it_can_be_read()
    {
        var rig = await InboxRig.OpenAsync();
        await rig.TakeAsync("this is not a mail at all");
        (await rig.ListAsync()).ShouldBeEmpty();
        var parked = (await rig.Quarantine.ListAsync(new(10, null), default)).Items.Single();
        parked.Reason.ShouldBe("not_a_mail");
        (await rig.Quarantine.RetryAsync(parked.Id, default)).Value!.Retries.ShouldBe(1);
        await rig.Mail.WorkAsync(parked.RawId, default);
        (await rig.Quarantine.ListAsync(new(10, null), default)).Items.Single().Retries.ShouldBe(1);
        (await rig.Quarantine.RetryAsync("nothing", default)).Error!.Code.ShouldBe("not_found");

        var good = await rig.StoreAsync(InboxRig.MailText("late@x.example"));
        await rig.Mail.GiveUpAsync(good.RawId, default);
        (await rig.Quarantine.ListAsync(new(10, null), default)).Items.Count.ShouldBe(2);
        await rig.Mail.WorkAsync(good.RawId, default);
        (await rig.Quarantine.ListAsync(new(10, null), default)).Items.Count.ShouldBe(1);
        (await rig.ListAsync()).Count.ShouldBe(1);
    }
}
