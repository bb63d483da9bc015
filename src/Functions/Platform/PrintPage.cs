using System.Net;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Pages to be printed: plain HTML, no script, nothing from elsewhere.</summary>
internal static class PrintPage
{
    private const string Style =
        "body{font:14px/1.5 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}" +
        "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}" +
        "th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}.n{text-align:right;white-space:nowrap}" +
        "thead{display:table-header-group}tr{break-inside:avoid}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12px/1.4 ui-monospace,monospace;background:#f6f6f6;padding:.6rem}" +
        "@page{size:A4;margin:15mm}@media print{body{margin:0;padding:0;max-width:none;font-size:11px}}";

    /// <summary>Nothing may load or run but the page's own style sheet, which is named by its hash.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public const string ContentType = "text/html; charset=utf-8";

    public const string End = "</body></html>\n";

    /// <summary>Everything up to and with the heading.</summary>
    public static string Begin(Language language, string title) =>
        $"<!doctype html>\n<html lang=\"{LanguageTag(language)}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encode(title)}</title><style>{Style}</style></head>\n<body><h1>{Encode(title)}</h1>\n";

    public static string LanguageTag(Language language) => language switch
    {
        Language.Zh => "zh-CN",
        Language.En => "en",
    };

    /// <summary>Text, for between tags and for quoted attributes.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");
}
