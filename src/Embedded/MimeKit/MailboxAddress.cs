using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MimeKit.Utils;

namespace MimeKit;

public class MailboxAddress : InternetAddress
{
    private string address = "";

    public MailboxAddress(Encoding encoding, string? name, string address) : base(encoding, name) => Address = address;

    public MailboxAddress(string? name, string address) : this(Encoding.UTF8, name, address) { }

    /// <summary>As the parser found it, which may be less than an address.</summary>
    private MailboxAddress(string? name, string address, bool parsed) : base(Encoding.UTF8, name) => this.address = parsed ? address : "";

    /// <exception cref="ParseException">The address is malformed; line breaks and angle brackets never get into a header or an SMTP command.</exception>
    public string Address
    {
        get => address;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var bad = AddressParser.FirstIllegal(value);
            if (bad >= 0) throw new ParseException(string.Create(CultureInfo.InvariantCulture, $"Unexpected character at offset {bad} of the address"), bad, bad);
            address = value;
            OnChanged();
        }
    }

    public string LocalPart => At is >= 0 and var at ? address[..at] : address;

    public string Domain => At is >= 0 and var at ? address[(at + 1)..] : "";

    public bool IsInternational => !Ascii.IsValid(address);

    private int At => address.LastIndexOf('@');

    /// <summary>With <paramref name="idnEncode"/> an international domain in its ASCII form.</summary>
    public string GetAddress(bool idnEncode)
    {
        if (!idnEncode || Ascii.IsValid(Domain) || At < 0) return address;
        try
        {
            return LocalPart + "@" + new IdnMapping().GetAscii(Domain);
        }
        catch (ArgumentException)
        {
            return address;
        }
    }

    public override InternetAddress Clone() => new MailboxAddress(Name, address, parsed: true) { Encoding = Encoding };

    public override bool Equals(InternetAddress? other) =>
        other is MailboxAddress mailbox && Name == mailbox.Name && string.Equals(address, mailbox.address, StringComparison.OrdinalIgnoreCase);

    public override string ToString(bool encode)
    {
        var shown = encode ? GetAddress(true) : address;
        return FormatName(encode) is { Length: > 0 } name ? $"{name} <{shown}>" : shown.Contains('@', StringComparison.Ordinal) ? shown : $"<{shown}>";
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out MailboxAddress? mailbox)
    {
        mailbox = TryParse(text, out InternetAddress? address) ? address as MailboxAddress : null;
        return mailbox is not null;
    }

    public static new MailboxAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out MailboxAddress? mailbox) ? mailbox : throw new ParseException("No mailbox address, or more than one.", 0, 0);
    }

    internal static MailboxAddress FromParser(string? name, string address) => new(name, address, parsed: true);
}
