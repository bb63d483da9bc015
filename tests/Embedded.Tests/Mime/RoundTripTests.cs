using System.Text;
using MimeKit;
using Shouldly;
using Xunit;

namespace WalletFunctions.Embedded.Tests.Mime;

/// <summary>A message that was not changed is written as it came; DKIM signatures depend on it.</summary>
public class RoundTripTests
{
    public static TheoryData<string> Corpus => [.. MailCorpus.Names];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Writing_a_loaded_message_gives_its_bytes_back(string name)
    {
        var bytes = MailCorpus.Bytes(name);
        using var mail = MailCorpus.Parse(bytes);
        MailCorpus.ReadEverything(mail).ShouldBeGreaterThan(0); // reading changes nothing
        MailCorpus.Write(mail, Encoding.Latin1.GetString(bytes).Contains("\r\n", StringComparison.Ordinal) ? NewLineFormat.Dos : NewLineFormat.Unix).ShouldBe(bytes);
    }

    [Fact]
    public void Line_breaks_follow_the_format_options_on_the_way_out()
    {
        using var mail = MailCorpus.Load("plain-ascii");
        Encoding.ASCII.GetString(MailCorpus.Write(mail, NewLineFormat.Unix)).ShouldBe(Encoding.ASCII.GetString(MailCorpus.Bytes("plain-ascii")).Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_header_leaves_every_other_byte_alone()
    {
        var before = Encoding.Latin1.GetString(MailCorpus.Bytes("alternative-with-inline-picture"));
        using var mail = MailCorpus.Load("alternative-with-inline-picture");
        mail.Subject = "changed";
        Encoding.Latin1.GetString(MailCorpus.Write(mail, NewLineFormat.Dos)).ShouldBe(before.Replace("Subject: Screenshot", "Subject: changed", StringComparison.Ordinal));
    }

    [Fact]
    public void Hidden_headers_are_left_out()
    {
        using var mail = MailCorpus.Parse("From: a@x.example\nBcc: secret@x.example\nSubject: s\n\nbody\n");
        var options = FormatOptions.Default.Clone();
        options.HiddenHeaders.Add(HeaderId.Bcc);
        using var memory = new MemoryStream();
        mail.WriteTo(options, memory);
        Encoding.ASCII.GetString(memory.ToArray()).ShouldBe("From: a@x.example\nSubject: s\n\nbody\n".ReplaceLineEndings());
        FormatOptions.Default.HiddenHeaders.ShouldBeEmpty();
    }

    [Fact]
    public void A_part_taken_out_of_a_multipart_is_gone_from_the_bytes()
    {
        using var mail = MailCorpus.Load("forwarded-message-inside");
        ((Multipart)mail.Body!).RemoveAt(1);
        using var again = MailCorpus.Parse(MailCorpus.Write(mail, NewLineFormat.Dos));
        again.BodyParts.Count().ShouldBe(1);
        again.TextBody.ShouldBe("Please see the forwarded mail.");
    }
}
