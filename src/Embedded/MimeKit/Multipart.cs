using System.Collections;
using System.Security.Cryptography;
using MimeKit.Parsing;

namespace MimeKit;

/// <summary>A node with children. One that was parsed keeps the bytes between its children, so that it is written as it came until somebody changes it.</summary>
public class Multipart : MimeEntity, IList<MimeEntity>
{
    private readonly List<MimeEntity> children = [];

    // Delimiter i stands before child i; the last ends the multipart and carries the epilogue. Null once the children were changed.
    private List<ReadOnlyMemory<byte>>? delimiters;
    private readonly ReadOnlyMemory<byte> preamble;

    public Multipart() : this("mixed") { }

    public Multipart(string subtype) : base("multipart", subtype) =>
        ContentType.Boundary = "=-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    internal Multipart(ParsedHeaders parsed, ParsedChildren body) : base(parsed)
    {
        children.AddRange(body.Children);
        delimiters = body.Delimiters;
        preamble = body.Preamble;
    }

    public string? Boundary
    {
        get => ContentType.Boundary;
        set { ContentType.Boundary = value; delimiters = null; }
    }

    public int Count => children.Count;

    public bool IsReadOnly => false;

    public MimeEntity this[int index]
    {
        get => children[index];
        set { ArgumentNullException.ThrowIfNull(value); children[index] = value; delimiters = null; }
    }

    public void Add(MimeEntity item) => Insert(children.Count, item);

    public void Insert(int index, MimeEntity item)
    {
        ArgumentNullException.ThrowIfNull(item);
        children.Insert(index, item);
        delimiters = null;
    }

    public bool Remove(MimeEntity item)
    {
        var index = children.IndexOf(item);
        if (index >= 0) RemoveAt(index);
        return index >= 0;
    }

    public void RemoveAt(int index)
    {
        children.RemoveAt(index);
        delimiters = null;
    }

    public void Clear()
    {
        children.Clear();
        delimiters = null;
    }

    public bool Contains(MimeEntity item) => children.Contains(item);

    public int IndexOf(MimeEntity item) => children.IndexOf(item);

    public void CopyTo(MimeEntity[] array, int arrayIndex) => children.CopyTo(array, arrayIndex);

    public IEnumerator<MimeEntity> GetEnumerator() => children.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78) => children.ForEach(child => child.Prepare(constraint, maxLineLength));

    /// <summary>The body text in a multipart: the first text that is no attachment decides, and nothing after a nested multipart is looked at.</summary>
    internal virtual TextPart? FindText(string subtype)
    {
        foreach (var child in children)
        {
            if (child is Multipart nested) return nested.FindText(subtype);
            if (child is TextPart text && !text.IsAttachment) return text.ContentType.IsMimeType("text", subtype) ? text : null;
        }
        return null;
    }

    internal override void WriteContent(MimeOutput output)
    {
        output.Text(preamble.Span);
        for (var i = 0; i < children.Count; i++)
        {
            if (delimiters is not null) output.Text(delimiters[i].Span);
            else output.Line((i == 0 ? "" : "\n") + "--" + Boundary);
            children[i].Write(output);
        }
        if (delimiters is null) output.Line((children.Count == 0 ? "" : "\n") + "--" + Boundary + "--");
        else if (delimiters.Count > children.Count) output.Text(delimiters[^1].Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) children.ForEach(child => child.Dispose());
        base.Dispose(disposing);
    }
}

/// <summary>The same content in several forms, the richest last.</summary>
public class MultipartAlternative : Multipart
{
    public MultipartAlternative() : base("alternative") { }

    internal MultipartAlternative(ParsedHeaders parsed, ParsedChildren body) : base(parsed, body) { }

    public string? TextBody => FindText("plain")?.Text;

    public string? HtmlBody => FindText("html")?.Text;

    internal override TextPart? FindText(string subtype)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (this[i] is Multipart nested && nested.FindText(subtype) is { } found) return found;
            if (this[i] is TextPart text && text.ContentType.IsMimeType("text", subtype)) return text;
        }
        return null;
    }
}

/// <summary>A root document and what it shows, such as pictures.</summary>
public class MultipartRelated : Multipart
{
    public MultipartRelated() : base("related") { }

    internal MultipartRelated(ParsedHeaders parsed, ParsedChildren body) : base(parsed, body) { }

    public MimeEntity? Root
    {
        get
        {
            var start = ContentType.Parameters["start"]?.Trim('<', '>', ' ');
            return (start is null ? null : this.FirstOrDefault(child => child.ContentId == start))
                ?? this.FirstOrDefault(child => string.Equals(child.ContentType.MimeType, ContentType.Parameters["type"], StringComparison.OrdinalIgnoreCase))
                ?? this.FirstOrDefault();
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var index = Root is { } old ? IndexOf(old) : 0;
            if (Count > 0) this[index] = value;
            else Add(value);
            ContentType.Parameters["type"] = value.ContentType.MimeType;
            if (index == 0) { ContentType.Parameters.Remove("start"); return; }
            value.ContentId ??= Utils.MimeUtils.GenerateMessageId();
            ContentType.Parameters["start"] = "<" + value.ContentId + ">";
        }
    }

    internal override TextPart? FindText(string subtype) => Root switch
    {
        TextPart text => text.ContentType.IsMimeType("text", subtype) ? text : null,
        Multipart nested => nested.FindText(subtype),
        _ => null,
    };
}

/// <summary>A report such as a bounce: text for people, a part for machines, and often the message it is about.</summary>
public class MultipartReport : Multipart
{
    public MultipartReport(string reportType) : base("report") => ReportType = reportType;

    internal MultipartReport(ParsedHeaders parsed, ParsedChildren body) : base(parsed, body) { }

    public string? ReportType
    {
        get => ContentType.Parameters["report-type"];
        set
        {
            if (value is null) ContentType.Parameters.Remove("report-type");
            else ContentType.Parameters["report-type"] = value;
        }
    }
}
