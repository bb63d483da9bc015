using System.Collections;

namespace MimeKit;

/// <summary>Attachments, or with linked resources the inline parts that HTML refers to by content id.</summary>
public class AttachmentCollection(bool linkedResources) : IList<MimeEntity>
{
    private readonly List<MimeEntity> attachments = [];

    public AttachmentCollection() : this(linkedResources: false) { }

    public int Count => attachments.Count;

    public bool IsReadOnly => false;

    public MimeEntity this[int index] { get => attachments[index]; set => attachments[index] = value; }

    public MimeEntity Add(string fileName, byte[] data, ContentType contentType)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(contentType);
        var name = Path.GetFileName(fileName);
        MimePart part = contentType.IsMimeType("text", "*") ? new TextPart(contentType.MediaSubtype) : new MimePart(contentType.MediaType, contentType.MediaSubtype);
        foreach (var parameter in contentType.Parameters) part.ContentType.Parameters[parameter.Name] = parameter.Value;
        part.Content = new MimeContent(new MemoryStream(data, writable: false));
        part.ContentDisposition = new ContentDisposition(linkedResources ? ContentDisposition.Inline : ContentDisposition.Attachment);
        part.FileName = name;
        if (linkedResources) part.ContentId = Utils.MimeUtils.GenerateMessageId();
        part.ContentTransferEncoding = contentType.IsMimeType("text", "*") ? part.GetBestEncoding(EncodingConstraint.SevenBit) : ContentEncoding.Base64;
        attachments.Add(part);
        return part;
    }

    public MimeEntity Add(string fileName, byte[] data) => Add(fileName, data, TypeOf(fileName));

    public MimeEntity Add(string fileName, Stream stream, ContentType contentType, CancellationToken cancellationToken = default) =>
        Add(fileName, Parsing.StreamBytes.Read(stream, cancellationToken), contentType);

    public async Task<MimeEntity> AddAsync(string fileName, Stream stream, ContentType contentType, CancellationToken cancellationToken = default) =>
        Add(fileName, await Parsing.StreamBytes.ReadAsync(stream, cancellationToken), contentType);

    public void Add(MimeEntity item) => attachments.Add(item);

    public void Clear() => attachments.Clear();

    public bool Contains(MimeEntity item) => attachments.Contains(item);

    public void CopyTo(MimeEntity[] array, int arrayIndex) => attachments.CopyTo(array, arrayIndex);

    public int IndexOf(MimeEntity item) => attachments.IndexOf(item);

    public void Insert(int index, MimeEntity item) => attachments.Insert(index, item);

    public bool Remove(MimeEntity item) => attachments.Remove(item);

    public void RemoveAt(int index) => attachments.RemoveAt(index);

    public IEnumerator<MimeEntity> GetEnumerator() => attachments.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The few types that support sends; the official table is long, and a wrong guess is harmless.
    private static ContentType TypeOf(string fileName) => ContentType.Parse(Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".txt" => "text/plain", ".html" => "text/html", ".csv" => "text/csv", ".pdf" => "application/pdf", ".json" => "application/json",
        ".png" => "image/png", ".jpg" or ".jpeg" => "image/jpeg", ".gif" => "image/gif", ".webp" => "image/webp", ".zip" => "application/zip",
        _ => "application/octet-stream",
    });
}
