using MimeKit;

namespace WalletFunctions.Embedded.Tests.Mime;

/// <summary>The odd mails of TestData/mail; each file is named for its oddity.</summary>
internal static class MailCorpus
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "TestData", "mail");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.eml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".eml"));

    public static MimeMessage Load(string name) => Parse(Bytes(name));

    public static MimeMessage Parse(byte[] bytes, ParserOptions? options = null) => MimeMessage.Load(options ?? ParserOptions.Default, new MemoryStream(bytes));

    public static MimeMessage Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    public static byte[] Write(MimeMessage message, NewLineFormat lines)
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = lines;
        using var memory = new MemoryStream();
        message.WriteTo(options, memory);
        return memory.ToArray();
    }

    /// <summary>Touches everything that the parser reads lazily.</summary>
    public static int ReadEverything(MimeMessage message, int depth = 0)
    {
        if (depth > 200) return 0; // deeper than any reader goes
        var length = (message.Subject?.Length ?? 0) + message.From.Count + message.To.Count + message.Cc.Count + message.Bcc.Count + message.ReplyTo.Count
            + message.References.Count + (message.InReplyTo?.Length ?? 0) + (message.MessageId?.Length ?? 0) + message.Date.Year
            + (message.TextBody?.Length ?? 0) + (message.HtmlBody?.Length ?? 0) + (message.Sender?.Address.Length ?? 0) + message.GetRecipients(onlyUnique: true).Count;
        foreach (var header in message.Headers) length += header.Value.Length;
        foreach (var part in message.BodyParts)
        {
            length += part.IsAttachment ? 1 : 0;
            if (part is MessagePart { Message: { } inner }) length += ReadEverything(inner, depth + 1);
            if (part is MessageDeliveryStatus status) length += status.StatusGroups.Count;
            if (part is TextPart text) length += text.Text.Length;
            if (part is MimePart leaf) length += (leaf.FileName?.Length ?? 0) + (int)leaf.Content!.Open().Length;
        }
        return length;
    }
}
