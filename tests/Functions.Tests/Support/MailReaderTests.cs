using System.Diagnostics;
using Shouldly;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Support.Email;
using Xunit;

namespace WalletFunctions.Tests.Support;

/// <summary>Odd mail is readable for agents, and nothing in it can harm them.</summary>
public sealed class MailReaderTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "TestData", "mail");

    public static TheoryData<string> Corpus => [.. Directory.EnumerateFiles(Folder, "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Every_odd_mail_gives_an_agent_something_to_read(string name)
    {
        var message = Read(name);
        (message.Subject + message.Text + string.Join(' ', message.Attachments.Select(a => a.Name))).Trim().ShouldNotBeEmpty();
        message.Text.ShouldNotContain("=?utf-8", Case.Insensitive);
        (message.Html ?? "").ShouldNotContain("<script", Case.Insensitive);
    }

    [Theory]
    [InlineData("gb2312-subject-and-body", "您好，我昨天提现的两百元还没有到账。")]
    [InlineData("closing-boundary-missing", "First text.")]
    [InlineData("html-only-in-gbk-without-charset", "余额")]
    [InlineData("nested-parts-share-one-boundary", "Inner text.")]
    [InlineData("quoted-printable-with-broken-escapes", "100% sure, a=b and =ZZ stay, softbreak, end")]
    public void The_text_is_the_one_that_the_sender_saw(string name, string text) => Read(name).Text.Trim().ShouldBe(text);

    [Fact]
    public void Files_have_harmless_names_and_their_decoded_size()
    {
        Read("attachment-names-in-rfc2231-continuations").Attachments.Select(a => (a.Name, a.Size)).ShouldBe([("银行流水 2026.pdf", 9), ("转账凭证.jpg", 6), ("photo of card.jpg", 6)]);
        Read("alternative-with-inline-picture").Attachments.Single().ContentId.ShouldBe("shot@customer.example");
        Read("forwarded-message-inside").Attachments.Single().Name.ShouldBe("Your receipt.eml");
        Parse("Content-Type: application/pdf; name=\"../../etc/passwd\"\nContent-Disposition: attachment\n\nx\n").Attachments.Single().Name.ShouldBe("passwd");
        Parse("Content-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe\n\nx\n").Attachments.Single().Name.ShouldBe("afdp.exe");
    }

    [Fact]
    public void A_bounce_is_read_with_the_Message_ID_it_is_about()
    {
        var bounce = Read("bounce-with-delivery-status").Bounce.ShouldNotBeNull();
        bounce.Action.ShouldBe(BounceAction.Failed);
        bounce.Status.ShouldBe("5.1.1");
        bounce.OriginalMessageIds.ShouldContain("out77@wallet.example");
        Read("out-of-office-reply").Automation.Kind.ShouldBe(AutomationKind.Reply);
        Read("plain-ascii").Bounce.ShouldBeNull();
    }

    [Theory]
    [InlineData("<p onclick=x()>hi</p>", "<p>hi</p>")]
    [InlineData("<script>alert(1)</script>ok", "ok")]
    [InlineData("<img src=http://t.example/p.gif alt=a>", "<img alt=\"a\" data-blocked=\"remote\">")]
    [InlineData("<img src=cid:a@b>", "<img src=\"cid:a@b\">")]
    [InlineData("<a href=javascript:alert(1)>x</a>", "<a>x</a>")]
    [InlineData("<a href=' jAvA&#9;script:alert(1)'>x</a>", "<a>x</a>")]
    [InlineData("<a href=https://shop.example/?a=1&b=2>x</a>", "<a href=\"https://shop.example/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>")]
    [InlineData("<div style='background:url(http://t.example)'>x</div>", "<div>x</div>")]
    [InlineData("<svg><script>alert(1)</script></svg><math><mi//xlink:href=\"data:x\">y", "")]
    [InlineData("<iframe src=//x></iframe><object data=x></object><form action=x><input value=1>text</form>", "text")]
    [InlineData("<b>unclosed <i>nested", "<b>unclosed <i>nested</i></b>")]
    [InlineData("a < b &amp; c <foo>d</foo>", "a &lt; b &amp; c d")]
    [InlineData("<style>@import 'http://t.example';</style><meta http-equiv=refresh content=0><base href=//x>x", "x")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", "<p title=\"&lt;/noscript&gt;&lt;img src=x onerror=alert(1)&gt;\"></p>")]
    public void Html_from_strangers_neither_runs_nor_fetches(string html, string clean) => SafeHtml.Clean(html).ShouldBe(clean);

    [Fact]
    public void Html_becomes_text_with_its_lines_lists_and_quotes() =>
        SafeHtml.ToText("<p>Hello&nbsp;there,</p><ul><li>one</li><li>two</li></ul>last<br>line<blockquote>quoted <b>words</b></blockquote>").ShouldBe("Hello there,\n- one\n- two\nlast\nline\n\n> quoted words");

    [Fact]
    public void Html_built_to_hurt_costs_little()
    {
        var watch = Stopwatch.StartNew();
        foreach (var html in new[]
        {
            "top" + string.Concat(Enumerable.Repeat("<div>", 60_000)),
            "top" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"<font size={i}>")) + string.Concat(Enumerable.Repeat("<p>x", 60_000)),
            "top" + string.Concat(Enumerable.Repeat("<table><tr><td>", 20_000)),
            "top" + new string('<', 300_000),
        })
        {
            SafeHtml.Clean(html).ShouldStartWith("top");
            SafeHtml.ToText(html).ShouldStartWith("top");
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30)); // the parser alone would take minutes
    }

    [Fact]
    public void A_long_letter_is_shown_whole()
    {
        var html = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"<div><p>line {i} <b>bold</b> <a href='https://x.example/{i}'>link</a></div>"));
        SafeHtml.ToText(html).ShouldEndWith("line 4999 bold link");
    }

    private static InboundMessage Read(string name) => Read(File.ReadAllBytes(Path.Combine(Folder, name + ".eml")));

    private static InboundMessage Parse(string text) => Read(System.Text.Encoding.UTF8.GetBytes(text));

    private static InboundMessage Read(byte[] bytes) => MailReader.Read(new RawMail("raw", "test", DateTimeOffset.UnixEpoch, bytes.Length, "00"), bytes);
}
