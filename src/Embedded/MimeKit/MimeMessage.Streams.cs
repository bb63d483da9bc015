using MimeKit.Parsing;

namespace MimeKit;

/// <summary>Loading and writing. A loaded message that was not changed is written as it came, but for the line breaks that <see cref="FormatOptions"/> asks for.</summary>
public partial class MimeMessage
{
    /// <exception cref="FormatException">The stream does not start with a header block.</exception>
    public static MimeMessage Load(Stream stream, CancellationToken cancellationToken = default) => Load(ParserOptions.Default, stream, cancellationToken);

    public static MimeMessage Load(ParserOptions options, Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MimeReader(options, StreamBytes.Read(stream, cancellationToken)).ReadMessage();
    }

    public static Task<MimeMessage> LoadAsync(Stream stream, CancellationToken cancellationToken = default) => LoadAsync(ParserOptions.Default, stream, cancellationToken);

    public static async Task<MimeMessage> LoadAsync(ParserOptions options, Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MimeReader(options, await StreamBytes.ReadAsync(stream, cancellationToken)).ReadMessage();
    }

    public void WriteTo(Stream stream, CancellationToken cancellationToken = default) => WriteTo(FormatOptions.Default, stream, cancellationToken);

    public void WriteTo(FormatOptions options, Stream stream, CancellationToken cancellationToken = default) => WriteTo(options, stream, false, cancellationToken);

    public void WriteTo(FormatOptions options, Stream stream, bool headersOnly, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(stream);
        cancellationToken.ThrowIfCancellationRequested();
        var output = new MimeOutput(options, stream);
        Write(output, headersOnly);
        if (!headersOnly && (!parsed || options.EnsureNewLine) && !output.EndsWithNewLine) output.NewLine();
    }

    public Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default) => WriteToAsync(FormatOptions.Default, stream, cancellationToken);

    public Task WriteToAsync(FormatOptions options, Stream stream, CancellationToken cancellationToken = default) => WriteToAsync(options, stream, false, cancellationToken);

    public async Task WriteToAsync(FormatOptions options, Stream stream, bool headersOnly, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        WriteTo(options, memory, headersOnly, cancellationToken);
        await stream.WriteAsync(memory.GetBuffer().AsMemory(0, (int)memory.Length), cancellationToken);
    }

    public override string ToString()
    {
        using var memory = new MemoryStream();
        WriteTo(memory);
        return System.Text.Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    internal void Write(MimeOutput output, bool headersOnly)
    {
        if (!parsed) EnsureMimeVersion();
        foreach (var header in MergedHeaders())
            if (!output.Options.HiddenHeaders.Contains(header.Id)) output.Write(header);
        if (Body is null) { output.NewLine(); return; }
        Body.WriteSeparator(output);
        if (!headersOnly) Body.WriteContent(output);
    }

    /// <summary>The message's headers and its body's, in the order in which they were parsed; new ones of the body come last.</summary>
    private IEnumerable<Header> MergedHeaders()
    {
        var rest = new Queue<Header>(Body?.Headers ?? []);
        foreach (var header in Headers)
        {
            while (header.Order >= 0 && rest.TryPeek(out var next) && next.Order >= 0 && next.Order < header.Order) yield return rest.Dequeue();
            yield return header;
        }
        foreach (var header in rest) yield return header;
    }
}
