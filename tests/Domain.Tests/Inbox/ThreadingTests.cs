using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain.Inbox;
using Xunit;

namespace WalletFunctions.Domain.Tests.Inbox;

public class ThreadingTests
{
    private static readonly IReadOnlyDictionary<string, ConversationId> NothingKnown = new Dictionary<string, ConversationId>();

    [Fact]
    public void A_signed_Message_ID_names_its_conversation_and_message()
    {
        var id = Mails.Signature.MessageIdOf(Mails.Conversation(), Mails.Message());
        id.Length.ShouldBeLessThan(100);
        Mails.Signature.Read(id).ShouldBe(new OwnMessage(Mails.Conversation(), Mails.Message()));
        Mails.Signature.Read(id.ToUpperInvariant()).ShouldNotBeNull(); // some servers change the case
    }

    [Fact]
    public void A_Message_ID_changed_in_any_character_is_nobodys()
    {
        var id = Mails.Signature.MessageIdOf(Mails.Conversation(), Mails.Message());
        for (var i = 0; i < id.Length; i++)
        {
            var changed = id.ToCharArray();
            changed[i] = changed[i] == 'a' ? 'b' : 'a';
            Mails.Signature.Read(new string(changed)).ShouldBeNull();
        }

        new ThreadSignature([.. Enumerable.Repeat((byte)1, 32)], "wallet.example").Read(id).ShouldBeNull();
        new ThreadSignature(new byte[32], "other.example").Read(id).ShouldBeNull();
    }

    [Fact]
    public void The_subject_token_is_read_even_folded_and_behind_a_forged_one()
    {
        var token = Mails.Signature.TokenOf(Mails.Conversation());
        Mails.Signature.ReadToken($"Re: Question {token}").ShouldBe(Mails.Conversation());
        Mails.Signature.ReadToken($"Re: Question {token.Insert(20, " ")}").ShouldBe(Mails.Conversation());
        Mails.Signature.ReadToken($"{token} [ref 00000000000000000000000000]").ShouldBe(Mails.Conversation());
        Mails.Signature.ReadToken($"Re: {token[..^2]}x]").ShouldBeNull();
        Mails.Signature.ReadToken("[ref [ref [ref").ShouldBeNull();
    }

    [Fact]
    public void Clues_count_in_their_order_In_Reply_To_then_References_from_the_newest_then_the_subject()
    {
        var (a, b, c, d) = (Mails.Conversation(1), Mails.Conversation(2), Mails.Conversation(3), Mails.Conversation(4));
        var message = Mails.From(Mails.LiNa, subject: "Re: x " + Mails.Signature.TokenOf(d)) with
        {
            InReplyTo = ["unknown@x.example", Mails.Signature.MessageIdOf(a, Mails.Message())],
            References = ["old@customer.example", Mails.Signature.MessageIdOf(c, Mails.Message())],
        };
        Threading.Candidates(message, Mails.Signature, new Dictionary<string, ConversationId> { ["old@customer.example"] = b }).ShouldBe(
        [
            new(a, ThreadClue.SignedMessageId),
            new(c, ThreadClue.SignedMessageId),
            new(b, ThreadClue.KnownMessageId),
            new(d, ThreadClue.SubjectToken),
        ]);
    }

    [Fact]
    public void A_token_or_a_known_id_admits_only_who_takes_part_already()
    {
        foreach (var clue in new[] { ThreadClue.SubjectToken, ThreadClue.KnownMessageId })
        {
            var candidate = new ThreadCandidate(Mails.Conversation(), clue);
            candidate.Admits(Mails.LiNa, [Mails.LiNa]).ShouldBeTrue();
            candidate.Admits(Mails.Stranger, [Mails.LiNa]).ShouldBeFalse();
            candidate.Admits(null, [Mails.LiNa]).ShouldBeFalse();
        }

        new ThreadCandidate(Mails.Conversation(), ThreadClue.SignedMessageId).Admits(Mails.Stranger, [Mails.LiNa]).ShouldBeTrue();
    }

    [Fact]
    public void The_words_of_a_subject_and_the_sender_alone_lead_nowhere() =>
        Threading.Candidates(Mails.From(Mails.LiNa, subject: "Re: Question #123"), Mails.Signature, NothingKnown).ShouldBeEmpty();

    [Fact]
    public void No_text_is_a_token_or_an_id_by_chance() =>
        Prop.ForAll<string?>(text => text is null || (Mails.Signature.ReadToken(text) is null && Mails.Signature.Read(text) is null)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Question", "Re: Question T")]
    [InlineData("Re: Question", "Re: Question T")]
    [InlineData("RE[2]: Fwd: 回复：Question", "Re: Question T")]
    [InlineData("Re: Question T", "Re: Question T")]
    [InlineData("", "Re: T")]
    [InlineData("Refund: please", "Re: Refund: please T")]
    public void The_subject_of_an_answer_has_one_prefix_and_one_token(string subject, string expected)
    {
        var token = Mails.Signature.TokenOf(Mails.Conversation());
        ReplySubject.For(subject.Replace("T", token, StringComparison.Ordinal), token).ShouldBe(expected.Replace("T", token, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_thread_keeps_its_first_and_its_newest_references()
    {
        var thread = MailThread.Empty;
        for (var i = 0; i < 100; i++)
        {
            thread = thread.After($"{i}@x.example", []);
        }

        thread.Answers.ShouldBe("99@x.example");
        thread.References.Count.ShouldBe(20);
        thread.References[0].ShouldBe("0@x.example");
        thread.References[^1].ShouldBe("99@x.example");
        thread.After(null, ["ignored@x.example"]).ShouldBe(thread);
    }
}
