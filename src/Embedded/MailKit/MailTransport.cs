using MimeKit;

namespace MailKit;

/// <summary>A client that sends. Without options of the caller's own, Bcc and Content-Length stay at home.</summary>
public abstract class MailTransport : MailService
{
    static readonly FormatOptions Plain = HidingBcc();

    private protected MailTransport() { }

    public virtual Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken = default, ITransferProgress? progress = null) =>
        SendAsync(Plain, message, cancellationToken, progress);

    public virtual Task<string> SendAsync(MimeMessage message, MailboxAddress sender, IEnumerable<MailboxAddress> recipients, CancellationToken cancellationToken = default, ITransferProgress? progress = null) =>
        SendAsync(Plain, message, sender, recipients, cancellationToken, progress);

    public abstract Task<string> SendAsync(FormatOptions options, MimeMessage message, CancellationToken cancellationToken = default, ITransferProgress? progress = null);

    public abstract Task<string> SendAsync(FormatOptions options, MimeMessage message, MailboxAddress sender, IEnumerable<MailboxAddress> recipients, CancellationToken cancellationToken = default, ITransferProgress? progress = null);

    static FormatOptions HidingBcc()
    {
        var options = FormatOptions.Default.Clone();
        options.HiddenHeaders.UnionWith([HeaderId.ContentLength, HeaderId.ResentBcc, HeaderId.Bcc]);
        options.NewLineFormat = NewLineFormat.Dos;
        return options;
    }
}
