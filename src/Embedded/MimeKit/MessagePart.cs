using MimeKit.Parsing;

namespace MimeKit;

/// <summary>A message inside a message: forwarded, or returned by a bounce.</summary>
public class MessagePart : MimeEntity
{
    public MessagePart() : this("rfc822") { }

    public MessagePart(string subtype) : base("message", subtype) { }

    internal MessagePart(ParsedHeaders parsed, MimeMessage message) : base(parsed) => Message = message;

    public MimeMessage? Message { get; set; }

    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78) => Message?.Prepare(constraint, maxLineLength);

    internal override void WriteContent(MimeOutput output) => Message?.Write(output, headersOnly: false);

    protected override void Dispose(bool disposing)
    {
        if (disposing) Message?.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>The headers alone of a returned message.</summary>
public class TextRfc822Headers : MessagePart
{
    internal TextRfc822Headers(ParsedHeaders parsed, MimeMessage message) : base(parsed, message) { }
}
