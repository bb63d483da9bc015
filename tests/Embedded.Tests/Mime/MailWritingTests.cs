using System.Text;
using MimeKit;
using MimeKit.Utils;
using Shouldly;
using Xunit;

namespace WalletFunctions.Embedded.Tests.Mime;

/// <summary>Messages that the program makes: what stands on the wire, and that it reads back.</summary>
public class MailWritingTests
{
    [Fact]
    public void A_new_message_has_the_official_defaults()
    {
        using var mail = new MimeMessage();
        mail.From.ShouldBeEmpty();
        mail.Subject.ShouldBe("");
        mail.Date.ShouldBeGreaterThan(DateTimeOffset.Now.AddMinutes(-1));
        mail.MessageId.ShouldNotBeNull().ShouldContain("@");
        mail.Headers[HeaderId.MessageId].ShouldBe($"<{mail.MessageId}>");
    }

    [Fact]
    public void A_reply_is_written_in_seven_bits_and_reads_back_as_it_was_meant()
    {
        using var mail = Reply();
        mail.Prepare(EncodingConstraint.SevenBit);
        var bytes = MailCorpus.Write(mail, NewLineFormat.Dos);
        bytes.ShouldAllBe(b => b < 128);
        Encoding.ASCII.GetString(bytes).Split("\r\n").ShouldAllBe(line => line.Length <= 78);
        using var read = MailCorpus.Parse(bytes);
        read.Subject.ShouldBe("Re: 提现没有到账，请尽快处理，我已经等了三天了，谢谢你们的帮助 [ref abc]");
        read.From.Mailboxes.Single().Name.ShouldBe("钱包客服");
        read.To.Mailboxes.Single().Address.ShouldBe("li.na@customer.example");
        read.References.ShouldBe(["a@x.example", "b@x.example"]);
        read.InReplyTo.ShouldBe("b@x.example");
        read.TextBody.ShouldBe("您好：\n已经在处理。\n".ReplaceLineEndings());
        read.HtmlBody.ShouldBe("<p>您好</p>");
        read.Attachments.Cast<MimePart>().Single().FileName.ShouldBe("银行流水 2026 年 11 月，一个相当长的文件名，长到必须分成几段.pdf");
        read.Attachments.Cast<MimePart>().Single().Content!.Open().Length.ShouldBe(1000);
        read.Headers[HeaderId.MimeVersion].ShouldBe("1.0");
    }

    [Theory]
    [InlineData("evil\r\nBcc: other@x.example")]
    [InlineData("evil\nBcc: other@x.example")]
    public void A_line_break_in_a_value_never_makes_a_header(string value)
    {
        using var mail = new MimeMessage { Subject = value };
        mail.From.Add(new MailboxAddress(value, "a@x.example"));
        mail.Headers.Add("X-Ref", value);
        mail.Body = new TextPart("plain") { Text = "x" };
        mail.Body.ContentType.Name = value;
        using var read = MailCorpus.Parse(MailCorpus.Write(mail, NewLineFormat.Dos));
        read.Headers.Contains(HeaderId.Bcc).ShouldBeFalse();
        read.Body!.Headers.Contains(HeaderId.Bcc).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a@x.example\r\nRCPT TO:<b@x.example>")]
    [InlineData("a@x.example>")]
    [InlineData("a b@x.example")]
    public void An_address_that_could_smuggle_a_command_is_refused(string address) =>
        Should.Throw<ParseException>(() => new MailboxAddress("x", address));

    [Theory]
    [InlineData("A <a@x.example>", "A", "a@x.example")]
    [InlineData("a@x.example", null, "a@x.example")]
    [InlineData("\"Li, Na\" <li@x.example>", "Li, Na", "li@x.example")]
    [InlineData("=?utf-8?b?5p2O5aic?= <li@x.example>", "李娜", "li@x.example")]
    [InlineData("local", null, "local")]
    public void One_mailbox_is_parsed(string text, string? name, string address)
    {
        MailboxAddress.TryParse(text, out var mailbox).ShouldBeTrue();
        mailbox!.Name.ShouldBe(name);
        mailbox.Address.ShouldBe(address);
        MailboxAddress.Parse(mailbox.ToString(true)).ShouldBe(mailbox);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a@x.example, b@x.example")]
    [InlineData("a <a@x.example> trailing")]
    public void What_is_not_one_mailbox_is_refused(string text)
    {
        MailboxAddress.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<ParseException>(() => MailboxAddress.Parse(text));
    }

    [Fact]
    public void Message_ids_are_taken_with_or_without_brackets_and_nonsense_is_refused()
    {
        using var mail = new MimeMessage { MessageId = "<a@x.example>", InReplyTo = "b@x.example" };
        mail.MessageId.ShouldBe("a@x.example");
        mail.InReplyTo.ShouldBe("b@x.example");
        Should.Throw<ArgumentException>(() => mail.MessageId = "two words");
        Should.Throw<ArgumentException>(() => mail.References.Add("<a> <b>"));
        MimeUtils.GenerateMessageId("wallet.example").ShouldEndWith("@wallet.example");
        MimeUtils.ParseMessageId(" <x@y> ").ShouldBe("x@y");
        MimeUtils.EnumerateReferences("<a@x> (c) <b@y>").ShouldBe(["a@x", "b@y"]);
    }

    [Fact]
    public void Lists_and_headers_stay_in_step_in_both_directions()
    {
        using var mail = new MimeMessage();
        mail.To.Add(new MailboxAddress("李", "li@x.example"));
        mail.Headers[HeaderId.To].ShouldBe("李 <li@x.example>");
        mail.Headers[HeaderId.To] = "b@x.example, c@x.example";
        mail.To.Mailboxes.Select(m => m.Address).ShouldBe(["b@x.example", "c@x.example"]);
        mail.To.Clear();
        mail.Headers.Contains(HeaderId.To).ShouldBeFalse();
        mail.Cc.Add(new MailboxAddress("", "b@x.example"));
        mail.Bcc.Add(new MailboxAddress("", "B@x.example"));
        mail.GetRecipients().Count.ShouldBe(2);
        mail.GetRecipients(onlyUnique: true).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("plain text", ContentEncoding.SevenBit)]
    [InlineData("mostly ascii with one é in a long enough sentence", ContentEncoding.QuotedPrintable)]
    [InlineData("全部都是中文的正文", ContentEncoding.Base64)]
    [InlineData("From the start", ContentEncoding.QuotedPrintable)]
    public void The_transfer_encoding_fits_the_text(string text, ContentEncoding expected) =>
        new TextPart("plain") { Text = text }.GetBestEncoding(EncodingConstraint.SevenBit).ShouldBe(expected);

    [Theory]
    [InlineData("Mon, 02 Nov 2026 09:30:00 +0800", "2026-11-02T09:30:00+08:00")]
    [InlineData("2 Nov 2026 9:30 GMT", "2026-11-02T09:30:00+00:00")]
    [InlineData("Mon, 2 Nov 26 09:30:00 -0330 (NST)", "2026-11-02T09:30:00-03:30")]
    [InlineData("Mon Nov  2 09:30:00 2026", "2026-11-02T09:30:00+00:00")]
    [InlineData("2026-11-02T09:30:00Z", "2026-11-02T09:30:00+00:00")]
    [InlineData("Wed, 31 Feb 2026 09:30:00 +0000", null)]
    [InlineData("yesterday", null)]
    public void Dates_are_read_tolerantly(string text, string? expected)
    {
        DateUtils.TryParse(text, out var date).ShouldBe(expected is not null);
        if (expected is null) return;
        date.ShouldBe(DateTimeOffset.Parse(expected, null));
        DateUtils.TryParse(DateUtils.FormatDate(date), out var again).ShouldBeTrue();
        again.ShouldBe(date);
    }

    private static MimeMessage Reply()
    {
        var body = new BodyBuilder { TextBody = "您好：\n已经在处理。\n", HtmlBody = "<p>您好</p>" };
        body.Attachments.Add("/tmp/银行流水 2026 年 11 月，一个相当长的文件名，长到必须分成几段.pdf", new byte[1000]);
        var mail = new MimeMessage { Subject = "Re: 提现没有到账，请尽快处理，我已经等了三天了，谢谢你们的帮助 [ref abc]", Body = body.ToMessageBody(), InReplyTo = "b@x.example" };
        mail.From.Add(new MailboxAddress("钱包客服", "support@wallet.example"));
        mail.To.Add(new MailboxAddress("Li Na", "li.na@customer.example"));
        mail.References.AddRange(["a@x.example", "<b@x.example>"]);
        return mail;
    }
}
