namespace MailKit.Net.Imap;

/// <summary>What the server can do. The bits are the official ones; capabilities that nothing here looks at are left out.</summary>
[Flags]
public enum ImapCapabilities : ulong
{
    None = 0,
    IMAP4 = 1L << 0,
    IMAP4rev1 = 1L << 1,
    IMAP4rev2 = 1L << 2,
    LiteralPlus = 1L << 6,
    Idle = 1L << 7,
    LoginDisabled = 1L << 13,
    StartTLS = 1L << 14,
    Unselect = 1L << 17,
    UidPlus = 1L << 18,
    SaslIR = 1L << 22,
    Move = 1L << 47,
    LiteralMinus = 1L << 50,
}

internal static class ImapCapabilityNames
{
    public static ImapCapabilities Parse(string name) => name.ToUpperInvariant() switch
    {
        "IMAP4" => ImapCapabilities.IMAP4,
        "IMAP4REV1" => ImapCapabilities.IMAP4rev1,
        // RFC 9051 takes these extensions into the protocol itself.
        "IMAP4REV2" => ImapCapabilities.IMAP4rev2 | ImapCapabilities.Idle | ImapCapabilities.Unselect | ImapCapabilities.UidPlus | ImapCapabilities.SaslIR | ImapCapabilities.Move | ImapCapabilities.LiteralMinus,
        "LITERAL+" => ImapCapabilities.LiteralPlus,
        "LITERAL-" => ImapCapabilities.LiteralMinus,
        "IDLE" => ImapCapabilities.Idle,
        "LOGINDISABLED" => ImapCapabilities.LoginDisabled,
        "STARTTLS" => ImapCapabilities.StartTLS,
        "UNSELECT" => ImapCapabilities.Unselect,
        "UIDPLUS" => ImapCapabilities.UidPlus,
        "SASL-IR" => ImapCapabilities.SaslIR,
        "MOVE" => ImapCapabilities.Move,
        _ => ImapCapabilities.None,
    };
}
