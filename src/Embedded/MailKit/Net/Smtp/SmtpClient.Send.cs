using System.Globalization;
using MimeKit;

namespace MailKit.Net.Smtp;

/// <summary>Envelope, then the message with its dots stuffed. What happens between the last dot and the reply is unknown to the sender.</summary>
public partial class SmtpClient
{
    const int MaxLineLength = 998;

    public override Task<string> SendAsync(FormatOptions options, MimeMessage message, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(message);
        var resent = message.ResentSender is not null || message.ResentFrom.Count > 0;
        var sender = message.ResentSender ?? (resent ? message.ResentFrom.Mailboxes.FirstOrDefault() : message.Sender ?? message.From.Mailboxes.FirstOrDefault());
        var recipients = resent ? message.ResentTo.Concat(message.ResentCc).Concat(message.ResentBcc) : message.To.Concat(message.Cc).Concat(message.Bcc);
        if (sender is null) throw new InvalidOperationException("The message names no sender.");
        return SendAsync(options, message, sender, new InternetAddressList(recipients).Mailboxes, cancellationToken, progress);
    }

    public override async Task<string> SendAsync(FormatOptions options, MimeMessage message, MailboxAddress sender, IEnumerable<MailboxAddress> recipients, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(sender);
        ArgumentNullException.ThrowIfNull(recipients);
        if (progress is not null) throw new NotSupportedException("The embedded MailKit does not report progress.");
        var to = recipients.DistinctBy(r => r.Address, StringComparer.OrdinalIgnoreCase).ToList();
        if (to.Count == 0) throw new InvalidOperationException("The message names no recipients.");
        CheckConnected();
        var bytes = await WriteAsync(options, message, cancellationToken);
        try
        {
            return await TransactAsync(sender, to, bytes, cancellationToken);
        }
        catch (Exception e) when (e is SmtpCommandException or ServiceNotAuthenticatedException)
        {
            await ResetAsync(cancellationToken);
            throw;
        }
        catch
        {
            Close();
            throw;
        }
    }

    async Task<string> TransactAsync(MailboxAddress sender, List<MailboxAddress> recipients, byte[] bytes, CancellationToken ct)
    {
        var wide = Capabilities.HasFlag(SmtpCapabilities.UTF8) && (sender.IsInternational || recipients.Exists(r => r.IsInternational));
        var from = $"MAIL FROM:<{sender.GetAddress(idnEncode: !wide)}>";
        if (wide) from += " SMTPUTF8";
        if (Capabilities.HasFlag(SmtpCapabilities.Size)) from += string.Create(CultureInfo.InvariantCulture, $" SIZE={bytes.Length}");
        if (Capabilities.HasFlag(SmtpCapabilities.EightBitMime) && bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127)) from += " BODY=8BITMIME";

        var commands = recipients.Select(r => $"RCPT TO:<{r.GetAddress(idnEncode: !wide)}>").Prepend(from).ToList();
        if (Capabilities.HasFlag(SmtpCapabilities.Pipelining))
        {
            // Every reply is read, whatever the first ones say, so that the next command meets its own.
            commands.ForEach(Queue);
            await FlushAsync(ct);
            Exception? refusal = null;
            for (var i = 0; i < commands.Count; i++)
            {
                var response = await ReadResponseAsync(ct);
                refusal ??= Refusal(i, response);
            }
            if (refusal is not null) throw refusal;
        }
        else
        {
            for (var i = 0; i < commands.Count; i++) if (Refusal(i, await SendCommandAsync(commands[i], ct)) is { } refusal) throw refusal;
        }

        var go = await SendCommandAsync("DATA", ct);
        if (go.StatusCode != SmtpStatusCode.StartMailInput) throw Unexpected(go);
        SmtpData.Queue(Connection!, bytes);
        var end = await FlushAndReadAsync(ct);
        return end.StatusCode switch
        {
            SmtpStatusCode.Ok => end.Response,
            SmtpStatusCode.AuthenticationRequired => throw new ServiceNotAuthenticatedException(end.Response),
            _ => throw new SmtpCommandException(SmtpErrorCode.MessageNotAccepted, end.StatusCode, end.Response),
        };

        // One refused recipient fails the whole message.
        Exception? Refusal(int i, SmtpResponse response) => (int)response.StatusCode switch
        {
            >= 250 and < 260 => null,
            (int)SmtpStatusCode.AuthenticationRequired => new ServiceNotAuthenticatedException(response.Response),
            _ when i == 0 => new SmtpCommandException(SmtpErrorCode.SenderNotAccepted, response.StatusCode, sender, response.Response),
            _ => new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, response.StatusCode, recipients[i - 1], response.Response),
        };
    }

    async Task<byte[]> WriteAsync(FormatOptions options, MimeMessage message, CancellationToken ct)
    {
        var format = options.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        if (!Capabilities.HasFlag(SmtpCapabilities.UTF8)) format.International = false;
        message.Prepare(Capabilities.HasFlag(SmtpCapabilities.EightBitMime) ? EncodingConstraint.EightBit : EncodingConstraint.SevenBit, MaxLineLength);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(format, bytes, ct);
        return bytes.ToArray();
    }

    async Task ResetAsync(CancellationToken ct)
    {
        try
        {
            if (IsConnected && (await SendCommandAsync("RSET", ct)).StatusCode != SmtpStatusCode.Ok) Close();
        }
        catch (Exception e) when (e is ProtocolException or IOException or TimeoutException or OperationCanceledException)
        {
            // The connection is closed by now; the refusal is what the caller must see.
        }
    }
}

internal static class SmtpData
{
    /// <summary>
    /// The message as DATA wants it (RFC 5321 4.5.2): a dot at the start of a line doubled, a lone dot at the end. A bare
    /// CR or LF becomes a whole line end, for servers that read one as such would see a message end where none is.
    /// </summary>
    public static void Queue(MailConnection connection, ReadOnlySpan<byte> message)
    {
        var atLineStart = true;
        while (message.Length > 0)
        {
            var end = message.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? message : message[..end];
            if (atLineStart && line.Length > 0 && line[0] == '.') connection.Queue("."u8);
            connection.Queue(line);
            atLineStart = end >= 0;
            if (end < 0) break;
            connection.Queue("\r\n"u8);
            message = message[(end + (message[end] == '\r' && end + 1 < message.Length && message[end + 1] == '\n' ? 2 : 1))..];
        }
        if (!atLineStart) connection.Queue("\r\n"u8);
        connection.Queue(".\r\n"u8);
    }
}
