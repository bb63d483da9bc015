using MimeKit;
using Shouldly;
using Xunit;

namespace WalletFunctions.Embedded.Tests.Mime;

/// <summary>What MimeKit 4.17 answers for mail as it really comes; one test per oddity of the corpus.</summary>
public class OddMailTests
{
    [Fact]
    public void Plain_mail_gives_its_headers_and_text()
    {
        using var mail = MailCorpus.Load("plain-ascii");
        mail.From.Mailboxes.Single().Address.ShouldBe("li.na@customer.example");
        mail.From.Mailboxes.Single().Name.ShouldBe("Li Na");
        mail.Subject.ShouldBe("Where is my withdrawal?");
        mail.MessageId.ShouldBe("plain@customer.example");
        mail.Date.ShouldBe(new DateTimeOffset(2026, 11, 2, 9, 30, 0, TimeSpan.FromHours(8)));
        mail.TextBody.ShouldBe("Hello,\n\nmy withdrawal of 200 yuan has not arrived.\n\nLi Na\n".ReplaceLineEndings());
        mail.HtmlBody.ShouldBeNull();
    }

    [Theory]
    [InlineData("gb2312-subject-and-body", "提现没有到账", "您好，我昨天提现的两百元还没有到账。")]
    [InlineData("gb2312-declared-gb18030-characters", "姓名：喆㐀", "我的名字里有喆字和㐀字，系统打不开。")]
    [InlineData("big5-body", "請問手續費", "請問提現的手續費是多少？")]
    [InlineData("iso-2022-jp-body", "出金について", "出金はいつ届きますか。")]
    [InlineData("euc-kr-body", "출금 문의", "출금이 아직 도착하지 않았습니다.")]
    [InlineData("windows-1252-quoted-printable", "Café “Zur Mühle”", "The café “Zur Mühle” was charged twice – 15 € each time.")]
    [InlineData("raw-utf8-headers-without-declaration", "转账失败 500 元", "没有声明字符集的正文。")]
    [InlineData("raw-latin1-header-and-body", "Café receipt", "The café says it was paid twice.")]
    [InlineData("unknown-charset", "Question", "Still readable: 余额")]
    [InlineData("base64-body-with-garbage-lines", "Question", "余额为零，但是我没有花钱。")]
    [InlineData("quoted-printable-with-broken-escapes", "Question", "100% sure, a=b and =ZZ stay, softbreak, end")]
    [InlineData("bare-lf-line-ends", "Only line feeds", "Every line ends\nin a bare line feed.")]
    [InlineData("mbox-from-line-first", "Question", "From a mailbox file.")]
    [InlineData("header-line-without-colon", "Question", "The headers went on after it.")]
    [InlineData("content-type-is-nonsense", "Question", "The headers lie about everything.")]
    [InlineData("boundary-never-used", "Question", null)]
    public void Text_is_read_in_its_charset_and_encoding(string name, string subject, string? text)
    {
        using var mail = MailCorpus.Load(name);
        mail.Subject.ShouldBe(subject);
        mail.TextBody?.TrimEnd().ShouldBe(text?.ReplaceLineEndings());
    }

    [Fact]
    public void Characters_split_between_encoded_words_are_joined() =>
        MailCorpus.Load("encoded-words-split-inside-characters").Subject.ShouldBe("我想把提现的银行卡换成另外一张，请问怎么操作");

    [Fact]
    public void Each_encoded_word_is_read_in_its_own_charset_and_the_space_between_two_vanishes() =>
        MailCorpus.Load("encoded-words-of-two-charsets").Subject.ShouldBe("Re: 退款請求for order: 77 and ?mark?");

    [Fact]
    public void An_alternative_inside_a_related_part_gives_both_texts_and_the_picture_by_its_content_id()
    {
        using var mail = MailCorpus.Load("alternative-with-inline-picture");
        mail.TextBody!.Trim().ShouldBe("See the screenshot: 余额不对");
        mail.HtmlBody!.ShouldContain("<b>余额不对</b>");
        mail.Attachments.ShouldBeEmpty(); // inline parts are not among them
        var picture = mail.BodyParts.OfType<MimePart>().Single(p => p.ContentType.IsMimeType("image", "*"));
        picture.ContentId.ShouldBe("shot@customer.example");
        picture.FileName.ShouldBe("shot.png");
        picture.Content!.Open().ReadByte().ShouldBe(0x89);
    }

    [Fact]
    public void File_names_come_from_continuations_encoded_words_and_unquoted_values()
    {
        using var mail = MailCorpus.Load("attachment-names-in-rfc2231-continuations");
        mail.BodyParts.OfType<MimePart>().Select(p => p.FileName).ShouldBe([null, "银行流水 2026.pdf", "转账凭证.jpg", "photo of card.jpg"]);
        mail.Attachments.Count().ShouldBe(2); // the third has a name, but no disposition
    }

    [Fact]
    public void A_missing_closing_boundary_ends_the_part_at_the_outer_boundary()
    {
        using var mail = MailCorpus.Load("closing-boundary-missing");
        mail.TextBody.ShouldBe("First text.");
        mail.HtmlBody.ShouldBe("<p>First text.</p>");
        mail.Attachments.Cast<MimePart>().Single().FileName.ShouldBe("log.txt");
    }

    [Fact]
    public void A_multipart_that_names_no_boundary_keeps_its_text_as_an_opaque_part()
    {
        using var mail = MailCorpus.Load("boundary-parameter-missing");
        var part = mail.BodyParts.OfType<MimePart>().Single();
        new StreamReader(part.Content!.Open()).ReadToEnd().ShouldContain("never declared");
    }

    [Fact]
    public void A_boundary_used_twice_belongs_to_the_innermost_multipart()
    {
        using var mail = MailCorpus.Load("nested-parts-share-one-boundary");
        mail.TextBody.ShouldBe("Inner text.");
        mail.Attachments.Count().ShouldBe(1);
    }

    [Fact]
    public void A_body_without_the_blank_line_before_it_starts_at_the_first_line_that_is_no_header()
    {
        using var mail = MailCorpus.Load("blank-line-after-headers-missing");
        mail.Subject.ShouldBe("no blank line");
        mail.TextBody.ShouldBe("Hello, the body follows at once\nand goes on here\n".ReplaceLineEndings());
    }

    [Fact]
    public void What_is_missing_is_null_or_empty()
    {
        using var mail = MailCorpus.Load("no-from-no-date-no-id");
        mail.From.ShouldBeEmpty();
        mail.MessageId.ShouldBeNull();
        mail.InReplyTo.ShouldBeNull();
        mail.References.ShouldBeEmpty();
        mail.Date.ShouldBe(DateTimeOffset.MinValue);
        MailCorpus.Load("headers-only").TextBody.ShouldBe("");
    }

    [Fact]
    public void Addresses_are_found_in_what_senders_write()
    {
        using var mail = MailCorpus.Load("address-oddities");
        mail.From.Mailboxes.Select(m => (m.Name, m.Address)).ShouldBe([("Chen, Wei (\"Billing\")", "chen.wei@customer.example"), ("Zhang, San", "zhang.san@customer.example")]);
        mail.To.Single().ShouldBeOfType<GroupAddress>().Members.ShouldBeEmpty();
        mail.Cc.Mailboxes.Select(m => m.Address).ShouldBe(["anna@team.example", "bo@team.example", "local-only", "x@spaced.example"]);
        mail.Bcc.ShouldBeEmpty();
        mail.Sender!.Address.ShouldBe("list@relay.example");
        mail.Sender.Name.ShouldBe("The List");
        mail.Date.ShouldBe(new DateTimeOffset(2026, 11, 2, 9, 30, 0, TimeSpan.FromHours(-6)));
        mail.MessageId.ShouldBe("no-brackets@customer.example");
        mail.InReplyTo.ShouldBe("first@wallet.example");
        mail.References.ShouldBe(["a@wallet.example", "b@wallet.example", "c@wallet.example"]);
        mail.Subject.ShouldBe("");
    }

    [Fact]
    public void A_forwarded_message_is_a_message_again()
    {
        using var mail = MailCorpus.Load("forwarded-message-inside");
        var inner = mail.Attachments.Single().ShouldBeOfType<MessagePart>().Message!;
        inner.MessageId.ShouldBe("receipt@merchant.example");
        inner.TextBody.ShouldBe("Paid: 25.00");
        MailCorpus.Load("digest-of-messages").BodyParts.OfType<MessagePart>().Select(p => p.Message!.Subject).ShouldBe(["first", "second"]);
    }

    [Fact]
    public void A_bounce_gives_its_status_groups_and_the_returned_headers()
    {
        using var mail = MailCorpus.Load("bounce-with-delivery-status");
        mail.Body.ShouldBeOfType<MultipartReport>().ReportType.ShouldBe("delivery-status");
        var groups = mail.BodyParts.OfType<MessageDeliveryStatus>().Single().StatusGroups;
        groups.Count.ShouldBe(2);
        groups[0]["Original-Envelope-Id"].ShouldBe("<out77@wallet.example>");
        groups[1]["Status"].ShouldBe("5.1.1");
        mail.BodyParts.OfType<MessagePart>().Single().Message!.MessageId.ShouldBe("out77@wallet.example");
        mail.Headers[HeaderId.ReturnPath].ShouldBe("<>");
        mail.Headers["auto-submitted"].ShouldBe("auto-replied");
    }

    [Fact]
    public void Html_without_a_declared_charset_is_read_by_its_meta_element()
    {
        MailCorpus.Load("html-only-in-gbk-without-charset").HtmlBody.ShouldNotBeNull().ShouldContain("余额");
        using var mail = MailCorpus.Load("html-only-with-script-and-tracker");
        mail.TextBody.ShouldBeNull();
        mail.HtmlBody.ShouldNotBeNull().ShouldContain("<script>"); // raw: sanitising is the reader's work
    }

    [Fact]
    public void Text_without_any_header_is_refused_with_the_official_exception()
    {
        Should.Throw<FormatException>(() => MailCorpus.Parse("no header here\njust text\n"));
        Should.Throw<FormatException>(() => MailCorpus.Parse(""));
    }
}
