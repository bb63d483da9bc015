using System.Text;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Sandbox;

/// <summary>
/// The demo inbox's first mails: two customers who write to support, taken the way every mail is. The same bytes are the same
/// mail, so taking them again adds nothing.
/// </summary>
public sealed class DemoMail
{
    private static readonly ReadOnlyMemory<byte>[] Mails =
    [
        Mail(new DemoPerson(Role.Customer, 1), "提现什么时候到账？", "demo-1", "您好，昨天申请的提现还没有到账，请帮忙查一下，谢谢。"),
        Mail(new DemoPerson(Role.Customer, 2), "换了银行卡怎么办？", "demo-2", "旧的银行卡已经注销，钱包里要怎么换成新的卡？"),
    ];

    private readonly InboundMail inbound;
    private volatile bool taken;

    internal DemoMail(InboundMail inbound) => this.inbound = inbound;

    /// <summary>Takes the mails, unless this process has done so before.</summary>
    internal async Task TakeAsync(CancellationToken cancellationToken)
    {
        if (taken)
        {
            return;
        }

        foreach (var mail in Mails)
        {
            await inbound.AcceptAsync(mail, cancellationToken);
        }

        taken = true;
    }

    private static ReadOnlyMemory<byte> Mail(DemoPerson from, string subject, string id, string text) => Encoding.ASCII.GetBytes(
        $"From: {Encoded(from.Name)} <{from.Email}>\r\nTo: support@wallet.example\r\nSubject: {Encoded(subject)}\r\nMessage-ID: <{id}@customer.example>\r\n" +
        "Date: Thu, 01 Jan 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
        Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks) + "\r\n");

    /// <summary>RFC 2047; short enough for one encoded word.</summary>
    private static string Encoded(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";
}
