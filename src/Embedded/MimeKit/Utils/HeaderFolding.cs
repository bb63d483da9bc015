using System.Text;

namespace MimeKit.Utils;

/// <summary>Header values as bytes: encoded where the header allows it, folded before column 78.</summary>
internal static class HeaderFolding
{
    /// <summary>Raw value with the leading space and a final line break.</summary>
    public static byte[] Format(string field, HeaderId id, string value, Encoding encoding)
    {
        if (IsAddressHeader(id) && InternetAddressList.TryParse(value, out var addresses)) return FormatAddresses(field, addresses, encoding: true);
        var structured = id is HeaderId.MessageId or HeaderId.InReplyTo or HeaderId.References or HeaderId.ContentId or HeaderId.ResentMessageId
            or HeaderId.ContentType or HeaderId.ContentDisposition or HeaderId.Received;
        return Fold(field, structured ? value.Split(' ', StringSplitOptions.RemoveEmptyEntries) : Rfc2047.EncodeWords(value, encoding));
    }

    public static byte[] FormatAddresses(string field, IEnumerable<InternetAddress> addresses, bool encoding) =>
        Fold(field, string.Join(", ", addresses.Select(a => a.ToString(encoding))).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public static byte[] Fold(string field, IEnumerable<string> words)
    {
        var result = new StringBuilder();
        var column = field.Length + 1;
        foreach (var word in words)
        {
            if (column > field.Length + 1 && column + 1 + word.Length > FormatOptions.Default.MaxLineLength)
            {
                result.Append(FormatOptions.Default.NewLine);
                column = 0;
            }
            result.Append(' ').Append(word);
            column += word.Length + 1;
        }
        if (result.Length == 0) result.Append(' ');
        return Encoding.UTF8.GetBytes(result.Append(FormatOptions.Default.NewLine).ToString());
    }

    public static bool IsAddressHeader(HeaderId id) => id is HeaderId.From or HeaderId.To or HeaderId.Cc or HeaderId.Bcc or HeaderId.ReplyTo or HeaderId.Sender
        or HeaderId.ResentFrom or HeaderId.ResentTo or HeaderId.ResentCc or HeaderId.ResentBcc or HeaderId.ResentReplyTo or HeaderId.ResentSender;
}
