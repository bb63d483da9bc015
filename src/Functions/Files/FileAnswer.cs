using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace WalletFunctions.Files;

/// <summary>A file to be saved: never shown by a browser, whatever is in it.</summary>
internal sealed class FileAnswer(string mediaType, string name, byte[] bytes) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name); // RFC 6266: plain and, where that is not enough, in UTF-8
        var headers = httpContext.Response.Headers;
        headers.ContentDisposition = disposition.ToString();
        headers.ContentType = mediaType;
        headers.ContentLength = bytes.Length;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        return httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}
