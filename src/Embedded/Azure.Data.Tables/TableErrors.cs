using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>Finds code and message in an error answer: <c>{"odata.error":{"code":…,"message":{"value":…}}}</c>, or XML with the same two words, or the header alone.</summary>
internal sealed class TableErrors : RequestFailedDetailsParser
{
    public static readonly TableErrors Parser = new();

    public override bool TryParse(Response response, out ResponseError error, out IDictionary<string, string> data)
    {
        data = null;
        var (code, message) = response.ContentStream is null ? default : Read(response.Content.ToString());
        if (code is null) response.Headers.TryGetValue("x-ms-error-code", out code);
        error = code is null ? null : new ResponseError(code, message ?? response.ReasonPhrase);
        return error is not null;
    }

    private static (string Code, string Message) Read(string body)
    {
        try
        {
            if (body.AsSpan().TrimStart().StartsWith("<"))
            {
                var root = XDocument.Parse(body).Root;
                return (Child(root, "code"), Child(root, "message"));
            }

            using var json = JsonDocument.Parse(body);
            if (!json.RootElement.TryGetProperty("odata.error", out var error)) return default;
            return (error.GetProperty("code").GetString(), error.TryGetProperty("message", out var message) ? message.GetProperty("value").GetString() : null);
        }
        catch (Exception e) when (e is JsonException or XmlException or KeyNotFoundException or InvalidOperationException)
        {
            return default; // A proxy's page, or nothing: the status has to do.
        }
    }

    private static string Child(XElement root, string name) =>
        root.Elements().FirstOrDefault(e => string.Equals(e.Name.LocalName, name, StringComparison.OrdinalIgnoreCase))?.Value;
}
