using System.Text;

namespace MimeKit;

/// <summary>Builds the usual body: text, HTML with its pictures, attachments.</summary>
public class BodyBuilder
{
    public AttachmentCollection Attachments { get; } = new();

    public AttachmentCollection LinkedResources { get; } = new(linkedResources: true);

    public string? TextBody { get; set; }

    public string? HtmlBody { get; set; }

    public Encoding BodyEncoding { get; set; } = Encoding.UTF8;

    public MimeEntity ToMessageBody()
    {
        MimeEntity? body = TextBody is null ? null : Text("plain", TextBody);
        if (HtmlBody is not null)
        {
            MimeEntity html = Text("html", HtmlBody);
            if (LinkedResources.Count > 0)
            {
                var related = new MultipartRelated { Root = html };
                foreach (var resource in LinkedResources) related.Add(resource);
                html = related;
            }
            body = body is null ? html : new MultipartAlternative { body, html };
        }
        if (Attachments.Count == 0) return body ?? Text("plain", "");
        if (body is null && Attachments.Count == 1) return Attachments[0];
        var mixed = new Multipart("mixed");
        if (body is not null) mixed.Add(body);
        foreach (var attachment in Attachments) mixed.Add(attachment);
        return mixed;
    }

    private TextPart Text(string subtype, string text)
    {
        var part = new TextPart(subtype);
        part.SetText(BodyEncoding, text);
        return part;
    }
}
