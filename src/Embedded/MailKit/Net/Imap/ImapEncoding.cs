using System.Text;

namespace MailKit.Net.Imap;

/// <summary>Mailbox names travel in modified UTF-7 (RFC 3501 5.1.3).</summary>
internal static class ImapEncoding
{
    public static string Encode(string name)
    {
        var text = new StringBuilder();
        var run = new StringBuilder();
        foreach (var c in name)
        {
            if (c is < ' ' or > '~')
            {
                run.Append(c);
                continue;
            }
            Flush();
            text.Append(c == '&' ? "&-" : c);
        }
        Flush();
        return text.ToString();

        void Flush()
        {
            if (run.Length == 0) return;
            text.Append('&').Append(Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(run.ToString())).TrimEnd('=').Replace('/', ',')).Append('-');
            run.Clear();
        }
    }

    /// <summary>What is not valid modified UTF-7 (servers that send raw UTF-8, or nonsense) is taken as it stands.</summary>
    public static string Decode(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var end = name[i] == '&' ? name.IndexOf('-', i) : -1;
            if (end < 0) text.Append(name[i]);
            else if (end == i + 1) text.Append('&');
            else
            {
                var base64 = name[(i + 1)..end].Replace(',', '/');
                var bytes = new byte[base64.Length];
                if (!Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var count)) return name;
                text.Append(Encoding.BigEndianUnicode.GetString(bytes, 0, count));
            }
            if (end >= 0) i = end;
        }
        return text.ToString();
    }
}
