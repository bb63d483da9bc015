namespace MimeKit.Parsing;

/// <summary>A header block: its headers, the type they declare (or the default), and the bytes up to the body.</summary>
internal sealed record ParsedHeaders(HeaderList Headers, ContentType ContentType, ReadOnlyMemory<byte> Separator);

/// <summary>A multipart's children with the bytes around them; together they are the original bytes.</summary>
internal sealed record ParsedChildren(List<MimeEntity> Children, List<ReadOnlyMemory<byte>> Delimiters, ReadOnlyMemory<byte> Preamble);
