using System.Diagnostics.CodeAnalysis;
using MimeKit.Utils;

namespace MimeKit;

public class ContentDisposition
{
    public const string Attachment = "attachment";
    public const string FormData = "form-data";
    public const string Inline = "inline";

    private string disposition;

    public ContentDisposition() : this(Attachment) { }

    public ContentDisposition(string disposition)
    {
        ArgumentException.ThrowIfNullOrEmpty(disposition);
        this.disposition = disposition;
        Parameters = new ParameterList { Changed = OnChanged };
    }

    public string Disposition
    {
        get => disposition;
        set { ArgumentException.ThrowIfNullOrEmpty(value); disposition = value; OnChanged(); }
    }

    public bool IsAttachment => string.Equals(disposition, Attachment, StringComparison.OrdinalIgnoreCase);

    public ParameterList Parameters { get; }

    public string? FileName
    {
        get => Parameters["filename"];
        set
        {
            if (value is null) Parameters.Remove("filename");
            else Parameters["filename"] = value;
        }
    }

    internal Action? Changed { get; set; }

    public override string ToString() => "Content-Disposition: " + disposition + Parameters;

    public static bool TryParse(string? text, [NotNullWhen(true)] out ContentDisposition? disposition)
    {
        disposition = null;
        if (string.IsNullOrWhiteSpace(text)) return false;
        var parameters = new ParameterList();
        var first = ParameterSyntax.Parse(text, parameters);
        if (first.Length == 0) return false;
        disposition = new ContentDisposition(first);
        foreach (var parameter in parameters) disposition.Parameters.Add(parameter.Name, parameter.Value);
        return true;
    }

    private void OnChanged() => Changed?.Invoke();
}
