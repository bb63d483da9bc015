using System.Net.Http.Headers;
using System.Text;
using WalletFunctions.Support.Email;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Bench;

/// <summary>Mails through the intake: the raw bytes over HTTP into the store, then by the queue into the inbox.</summary>
internal sealed class MailScenario : IScenario
{
    private const int Senders = 32;

    private static readonly MediaTypeHeaderValue Type = new("message/rfc822");

    // Of about 3 KiB in all, as a phone's mail program sends a question: the text, and the same as HTML.
    private static readonly string Text = string.Join("\r\n", Enumerable.Repeat("我昨天提现的钱还没有到账，请帮我查一下。My withdrawal of yesterday has not arrived.", 8));

    private static readonly string Html = $"<html><body><p>{Text.ReplaceLineEndings("</p>\r\n<p>")}</p></body></html>";

    private long number;

    public string Name => "mails";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Mails of 3 KiB, {Senders} senders, each waiting until its mail is in the inbox, a conversation of its own. {RawBatches.Description}");
        var storage = BenchRun.StartStorage();
        try
        {
            await using var host = await BenchHost.StartAsync(storage, "ReadMail");
            var raw = await RawBatches.OpenAsync(storage, Senders);
            await host.TurnAsync(new Tally(), Senders, run.WarmUp, sender => SendAsync(host.Http, sender));
            var (baseline, mails) = (new Tally(), new Tally());
            for (var round = 0; round < run.Rounds; round++)
            {
                await baseline.TurnAsync(Senders, run.Turn, raw.Counter, raw.OneAsync);
                await host.TurnAsync(mails, Senders, run.Turn, sender => SendAsync(host.Http, sender));
            }

            BenchRun.Report("raw transactions", baseline);
            BenchRun.Report("mails into the inbox", mails, baseline);
            BenchRun.Say("calls: " + mails.CallsBy(Part));
            BenchRun.Say(await host.CheckAsync(ConversationTable.TableName, "RowKey ge 'm|' and RowKey lt 'm}'", "messages in conversations"));
        }
        finally
        {
            storage.Stop();
        }
    }

    private static string Part(string name) => name switch
    {
        RawMailTable.TableName or Quarantine.TableName => "raw mail's rows",
        ConversationTable.TableName or InboxIndex.TableName or InboxLookups.TableName => "inbox",
        HostCalls.Blobs or HostCalls.Queues => name,
        _ => "rest of the app",
    };

    private async Task SendAsync(HttpClient http, int sender)
    {
        var id = Interlocked.Increment(ref number);
        var mail = string.Join("\r\n",
        [
            $"Message-ID: <{id}.{Guid.NewGuid():N}@mail.example>",
            "Date: Sun, 22 Nov 2026 10:00:00 +0800",
            $"From: Customer {sender} <customer{sender}@mail.example>",
            "To: support@wallet.example",
            $"Subject: Withdrawal {id}",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"part\"",
            "",
            "--part", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", Text,
            "--part", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", Html,
            "--part--", "",
        ]);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(mail)) { Headers = { ContentType = Type } };
        using var answer = await http.PostAsync(new Uri("sandbox/mail", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }
}
