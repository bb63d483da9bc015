using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>A document that is written while it is sent, so that its length costs no memory.</summary>
/// <param name="contentType">With the charset, where it is text.</param>
/// <param name="write">Writes it. What can be foreseen to fail is done before, while a problem can still be answered.</param>
internal sealed class DocumentAnswer(string contentType, Func<Stream, CancellationToken, Task> write) : IResult
{
    internal string? ContentSecurityPolicy { get; init; }

    /// <summary>The name under which it is saved; null: it is shown.</summary>
    internal string? FileName { get; init; }

    internal Language? Language { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = contentType;
        if (ContentSecurityPolicy is not null)
        {
            response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        }

        if (FileName is not null)
        {
            response.Headers.ContentDisposition = $"attachment; filename=\"{FileName}\"";
        }

        if (Language is { } language)
        {
            response.Headers.ContentLanguage = PrintPage.LanguageTag(language);
        }

        try
        {
            await write(response.Body, httpContext.RequestAborted);
        }
        catch
        {
            // Half a document must not look like a whole one.
            httpContext.Abort();
            throw;
        }
    }
}
