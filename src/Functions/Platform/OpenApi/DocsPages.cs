using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>The contract as pages for people: plain HTML, no script, nothing from elsewhere.</summary>
internal static class DocsPages
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}" +
        "h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}details{border:1px solid #d0d7de;border-radius:6px;margin:.5rem 0;padding:.4rem .8rem}" +
        "summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f6f8fa;padding:.7rem;overflow:auto;border-radius:6px}" +
        ".m{display:inline-block;min-width:4.2rem;font-weight:600}table{border-collapse:collapse;width:100%}td,th{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}" +
        "@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22}details,td,th,h2{border-color:#30363d}a{color:#58a6ff}}";

    private static readonly JsonSerializerOptions Indented = new(AnswerJson.Options) { WriteIndented = true };

    private static readonly Lazy<string> ContractPage = new(MakeContract);
    private static readonly Lazy<string> ErrorsPage = new(MakeErrors);

    public static string Contract => ContractPage.Value;

    public static string Errors => ErrorsPage.Value;

    /// <summary>Nothing may load or run but the page's own style sheet, which is named by its hash.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string MakeContract()
    {
        var page = new StringBuilder();
        var operations = OpenApiDocument.Root["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Method: operation.Key, Operation: operation.Value!.AsObject())))
            .GroupBy(entry => entry.Operation["tags"]![0]!.GetValue<string>(), StringComparer.Ordinal);
        page.Append("<p>The same as <a href=\"openapi.json\">OpenAPI 3.1</a>. All routes stand under <code>/api</code>. <a href=\"docs/errors.md\">Error codes</a></p>");
        foreach (var group in operations.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.Append("<h2>").Append(Encode(group.Key)).Append("</h2>");
            foreach (var (path, method, operation) in group)
            {
                WriteOperation(page, path, method, operation);
            }
        }

        return Wrap("WalletFunctions HTTP API", page);
    }

    private static void WriteOperation(StringBuilder page, string path, string method, JsonObject operation)
    {
        page.Append("<details><summary><span class=\"m\">").Append(method.ToUpperInvariant()).Append("</span> <code>").Append(Encode(path)).Append("</code> ")
            .Append(Encode(operation["summary"]!.GetValue<string>())).Append("</summary>");
        if (operation["description"] is { } description)
        {
            page.Append("<p>").Append(Encode(description.GetValue<string>())).Append("</p>");
        }

        if (operation["parameters"] is JsonArray parameters)
        {
            page.Append("<p>");
            foreach (var parameter in parameters)
            {
                page.Append("<code>").Append(Encode(parameter!["name"]!.GetValue<string>())).Append("</code> (").Append(Encode(parameter["in"]!.GetValue<string>())).Append(") ");
            }

            page.Append("</p>");
        }

        if (operation["requestBody"]?["content"] is JsonObject request)
        {
            WriteSchemas(page, "Request", request);
        }

        foreach (var (status, response) in operation["responses"]!.AsObject())
        {
            page.Append("<p><strong>").Append(Encode(status)).Append("</strong> ").Append(Encode(response!["description"]!.GetValue<string>())).Append("</p>");
            if (status.StartsWith('2') && response["content"] is JsonObject content)
            {
                WriteSchemas(page, "Answer", content);
            }
        }

        page.Append("</details>");
    }

    private static void WriteSchemas(StringBuilder page, string title, JsonObject content)
    {
        foreach (var (mediaType, body) in content)
        {
            page.Append("<p>").Append(title).Append(" <code>").Append(Encode(mediaType)).Append("</code></p><pre>")
                .Append(Encode(body!["schema"]!.ToJsonString(Indented))).Append("</pre>");
        }
    }

    private static string MakeErrors()
    {
        var page = new StringBuilder("<p>Every refusal is <code>application/problem+json</code> (RFC 9457) with a stable <code>code</code>.</p><table><tr><th>code</th><th>status</th><th>meaning</th><th>what to do</th></tr>");
        foreach (var error in ErrorCatalog.Alphabetical)
        {
            page.Append("<tr id=\"").Append(Encode(error.Code)).Append("\"><td><code>").Append(Encode(error.Code)).Append("</code></td><td>").Append(error.Status)
                .Append("</td><td>").Append(Prose(error.Meaning)).Append("</td><td>").Append(Prose(error.Remedy)).Append("</td></tr>");
        }

        return Wrap("Error codes", page.Append("</table>"));
    }

    private static string Wrap(string title, StringBuilder body) =>
        $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{Style}</style></head><body><h1>{title}</h1>{body}</body></html>";

    /// <summary>Backquotes, the only mark-up of docs/errors.md, as code.</summary>
    private static string Prose(string text) => string.Concat(text.Split('`').Select((part, i) => i % 2 == 0 ? Encode(part) : $"<code>{Encode(part)}</code>"));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
