using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Shared;

namespace Azure.Data.Tables;

/// <summary>
/// Signs each try with SharedKeyLite for tables: <c>date \n /account/path[?comp=…]</c>.
/// Source: learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.
/// </summary>
internal sealed class SharedKeyLitePolicy(TableSharedKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    private readonly string _prefix = $"SharedKeyLite {credential.AccountName}:";

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = RequestDate.Now();
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("Authorization", Authorization(date, request.Uri));
    }

    internal string Authorization(string date, RequestUriBuilder uri)
    {
        var comp = Comp(uri.Query);
        return _prefix + credential.Sign(comp is null
            ? $"{date}\n/{credential.AccountName}{uri.Path}"
            : $"{date}\n/{credential.AccountName}{uri.Path}?{comp}");
    }

    private static string Comp(string query)
    {
        if (string.IsNullOrEmpty(query) || !query.Contains("comp=", StringComparison.Ordinal)) return null;
        return query.TrimStart('?').Split('&').FirstOrDefault(p => p.StartsWith("comp=", StringComparison.Ordinal));
    }
}
