using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Communication.Email;

/// <summary>
/// Signs each try with the access key: method, path and query, date, host and the body's hash.
/// Source: learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial.
/// </summary>
internal sealed class HmacPolicy(AzureKeyCredential credential) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var uri = request.Uri.ToUri();
        var date = DateTimeOffset.UtcNow.ToString("R");
        var hash = Hash(request.Content);
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("x-ms-content-sha256", hash);
        request.Headers.SetValue("Host", uri.Authority);
        request.Headers.SetValue("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={Signature(request.Method.Method, uri, date, hash)}");
    }

    internal static string Hash(RequestContent content)
    {
        using var body = new MemoryStream();
        content?.WriteTo(body, default);
        return Convert.ToBase64String(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
    }

    internal string Signature(string method, Uri uri, string date, string hash) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(credential.Key), Encoding.ASCII.GetBytes($"{method}\n{uri.PathAndQuery}\n{date};{uri.Authority};{hash}")));
}
