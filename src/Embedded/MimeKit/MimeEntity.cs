using MimeKit.Parsing;
using MimeKit.Utils;

namespace MimeKit;

/// <summary>A node of the MIME tree: headers and a body.</summary>
public abstract class MimeEntity : IDisposable
{
    private ContentDisposition? disposition;
    private bool dispositionRead;
    private bool writing;

    protected MimeEntity(string mediaType, string mediaSubtype) : this(new ContentType(mediaType, mediaSubtype)) { }

    protected MimeEntity(ContentType contentType)
    {
        ArgumentNullException.ThrowIfNull(contentType);
        Headers = new HeaderList { Changed = OnHeaderChanged };
        ContentType = contentType;
        contentType.Changed = WriteContentType;
        WriteContentType();
    }

    /// <summary>As parsed: the header stays as it came, even where the type was guessed.</summary>
    private protected MimeEntity(ParsedHeaders parsed)
    {
        Headers = parsed.Headers;
        Headers.Changed = OnHeaderChanged;
        ContentType = parsed.ContentType;
        ContentType.Changed = WriteContentType;
        Separator = parsed.Separator;
    }

    public HeaderList Headers { get; }

    public ContentType ContentType { get; }

    public ContentDisposition? ContentDisposition
    {
        get
        {
            if (dispositionRead) return disposition;
            dispositionRead = true;
            if (Headers.RawText(HeaderId.ContentDisposition) is { } value && ContentDisposition.TryParse(value, out disposition)) disposition.Changed = WriteDisposition;
            return disposition;
        }
        set
        {
            dispositionRead = true;
            disposition = value;
            if (value is not null) value.Changed = WriteDisposition;
            WriteDisposition();
        }
    }

    /// <summary>Without angle brackets.</summary>
    public string? ContentId
    {
        get => Headers.RawText(HeaderId.ContentId) is { } value ? MimeUtils.ParseMessageId(value) : null;
        set
        {
            if (value is null) Headers.RemoveAll(HeaderId.ContentId);
            else if (MimeUtils.TryReadMessageId(value, out var id)) Headers[HeaderId.ContentId] = "<" + id + ">";
            else throw new ArgumentException("Invalid Content-Id format.", nameof(value));
        }
    }

    public bool IsAttachment
    {
        get => ContentDisposition is { IsAttachment: true };
        set
        {
            if (value && ContentDisposition is null) ContentDisposition = new ContentDisposition();
            else if (ContentDisposition is { } current && current.IsAttachment != value) current.Disposition = value ? ContentDisposition.Attachment : ContentDisposition.Inline;
        }
    }

    /// <summary>The bytes between a parsed header block and its body: a line break, or nothing; null where the program made the part.</summary>
    internal ReadOnlyMemory<byte>? Separator { get; set; }

    /// <summary>Chooses a transfer encoding that fits the transport; what is safe already stays.</summary>
    public abstract void Prepare(EncodingConstraint constraint, int maxLineLength = 78);

    public void WriteTo(Stream stream, CancellationToken cancellationToken = default) => WriteTo(FormatOptions.Default, stream, cancellationToken);

    public void WriteTo(FormatOptions options, Stream stream, CancellationToken cancellationToken = default) => WriteTo(options, stream, false, cancellationToken);

    public virtual void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(stream);
        cancellationToken.ThrowIfCancellationRequested();
        var output = new MimeOutput(options, stream);
        if (contentOnly) WriteContent(output);
        else Write(output);
    }

    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default) => await WriteToAsync(FormatOptions.Default, stream, cancellationToken);

    public async Task WriteToAsync(FormatOptions options, Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        WriteTo(options, memory, cancellationToken);
        await stream.WriteAsync(memory.GetBuffer().AsMemory(0, (int)memory.Length), cancellationToken);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }

    internal void Write(MimeOutput output)
    {
        foreach (var header in Headers) output.Write(header);
        WriteSeparator(output);
        WriteContent(output);
    }

    internal void WriteSeparator(MimeOutput output)
    {
        if (Separator is { } raw) output.Text(raw.Span);
        else output.NewLine();
    }

    internal abstract void WriteContent(MimeOutput output);

    private protected virtual void OnHeaderChanged(HeaderId id)
    {
        if (writing) return;
        if (id == HeaderId.ContentDisposition) dispositionRead = false;
        if (id == HeaderId.ContentType && ContentType.TryParse(Headers.RawText(HeaderId.ContentType), out var parsed)) Silently(() => Adopt(parsed));
    }

    private void Adopt(ContentType parsed)
    {
        ContentType.Changed = null;
        ContentType.MediaType = parsed.MediaType;
        ContentType.MediaSubtype = parsed.MediaSubtype;
        ContentType.Parameters.Clear();
        foreach (var parameter in parsed.Parameters) ContentType.Parameters.Add(parameter.Name, parameter.Value);
        ContentType.Changed = WriteContentType;
    }

    private void WriteContentType() => Silently(() => Headers.SetRaw(HeaderId.ContentType, ContentType.Parameters.Format(HeaderId.ContentType, ContentType.MimeType)));

    private void WriteDisposition() => Silently(() =>
    {
        if (disposition is null) Headers.RemoveAll(HeaderId.ContentDisposition);
        else Headers.SetRaw(HeaderId.ContentDisposition, disposition.Parameters.Format(HeaderId.ContentDisposition, disposition.Disposition));
    });

    private void Silently(Action write)
    {
        writing = true;
        write();
        writing = false;
    }
}
