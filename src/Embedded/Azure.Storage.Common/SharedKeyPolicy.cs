using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Shared;

namespace Azure.Storage;

/// <summary>Signs each try of a blob or queue request. Source: learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.</summary>
internal sealed class SharedKeyPolicy(StorageSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        message.Request.Headers.SetValue("x-ms-date", RequestDate.Now());
        message.Request.Headers.SetValue("Authorization", $"SharedKey {credential.AccountName}:{credential.Sign(StringToSign(message.Request))}");
    }

    internal string StringToSign(Request request)
    {
        var text = new StringBuilder(512).Append(request.Method.Method).Append('\n');
        string[] standard = ["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];
        foreach (var name in standard)
            text.Append(name switch
            {
                "Content-Length" => request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? length.ToString() : null,
                "Date" => null, // x-ms-date takes its place.
                _ => request.Headers.TryGetValue(name, out var value) ? value : null,
            }).Append('\n');

        foreach (var header in request.Headers.Select(h => (Name: h.Name.ToLowerInvariant(), h.Value)).Where(h => h.Name.StartsWith("x-ms-", StringComparison.Ordinal)).OrderBy(h => h.Name, StringComparer.Ordinal))
            text.Append(header.Name).Append(':').Append(header.Value.Trim()).Append('\n');

        text.Append('/').Append(credential.AccountName).Append(request.Uri.Path);
        foreach (var parameter in Parameters(request.Uri.Query).GroupBy(p => p.Name, p => p.Value, StringComparer.Ordinal).OrderBy(p => p.Key, StringComparer.Ordinal))
            text.Append('\n').Append(parameter.Key).Append(':').AppendJoin(',', parameter.Order(StringComparer.Ordinal));
        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Parameters(string query) =>
        from pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        select at < 0
            ? (Uri.UnescapeDataString(pair).ToLowerInvariant(), "")
            : (Uri.UnescapeDataString(pair[..at]).ToLowerInvariant(), Uri.UnescapeDataString(pair[(at + 1)..]));
}
