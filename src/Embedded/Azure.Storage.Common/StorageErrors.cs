using System.Xml;
using System.Xml.Linq;
using Azure.Core;

namespace Azure.Storage;

/// <summary>Finds code and message in an error answer: <c>&lt;Error&gt;&lt;Code/&gt;&lt;Message/&gt;</c>, or the header alone, as after HEAD.</summary>
internal sealed class StorageErrors : RequestFailedDetailsParser
{
    public override bool TryParse(Response response, out ResponseError error, out IDictionary<string, string> data)
    {
        data = null;
        var (code, message) = response.ContentStream is null ? default : Read(response.Content.ToString());
        if (response.Headers.TryGetValue("x-ms-error-code", out var header)) code = header;
        error = code is null ? null : new ResponseError(code, message ?? response.ReasonPhrase);
        return error is not null;
    }

    private static (string Code, string Message) Read(string body)
    {
        try
        {
            var start = body.IndexOf('<', StringComparison.Ordinal); // There may be a byte order mark.
            var root = start < 0 ? null : XDocument.Parse(body[start..]).Root;
            return (root?.Element("Code")?.Value, root?.Element("Message")?.Value);
        }
        catch (XmlException)
        {
            return default; // A proxy's page: the status has to do.
        }
    }
}
