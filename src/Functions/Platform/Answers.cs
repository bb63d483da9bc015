using System.Globalization;
using System.Text;
using Azure;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Makes what HTTP functions return. Bodies are written here and now, so that a mistake fails inside the function.</summary>
internal static class Answers
{
    public static IResult Ok(object value, ETag? etag = null) => new Answer(200, AnswerJson.Serialize(value)) { ETag = etag };

    public static IResult Created(object value, string? location = null) => new Answer(201, AnswerJson.Serialize(value)) { Location = location };

    public static IResult Accepted(object value, string? location = null) => new Answer(202, AnswerJson.Serialize(value)) { Location = location };

    public static IResult NoContent() => new Answer(204, "");

    public static IResult Problem(HttpRequest request, DomainError error) => Fresh(StoredAnswer.Problem(request, error));

    /// <summary>500, for what is not a refusal but a bug or an unknown fault.</summary>
    public static IResult Internal(HttpRequest request) =>
        new Answer(500, ProblemJson.Serialize(PlatformErrors.Internal, request.Caller(), StoredAnswer.Instance(request), 500));

    public static IResult MethodNotAllowed(HttpRequest request, IReadOnlyCollection<string> allowed) =>
        new Answer(405, StoredAnswer.Problem(request, PlatformErrors.MethodNotAllowed(allowed)).Body) { Allow = string.Join(", ", allowed) };

    /// <summary>An answer that was just decided.</summary>
    public static IResult Fresh(StoredAnswer answer) =>
        new Answer(answer.Status, answer.Body) { Location = answer.Location, RetryAfter = answer.RetryAfter };

    /// <summary>An answer that was decided before, byte for byte.</summary>
    public static IResult Stored(StoredAnswer answer) =>
        new Answer(answer.Status, answer.Body) { Location = answer.Location, Replayed = true };

    /// <summary>A page of a list.</summary>
    /// <param name="items">Newest first.</param>
    /// <param name="continuation">Where the next page starts, in the feature's own words; null on the last page. It is sealed before it leaves.</param>
    public static IResult List<T>(IReadOnlyList<T> items, string? continuation)
        where T : notnull => new ListAnswer(AnswerJson.Serialize(items), continuation);

    /// <summary>A page for people.</summary>
    public static IResult Html(string page, string contentSecurityPolicy) => new Answer(200, page, "text/html; charset=utf-8") { ContentSecurityPolicy = contentSecurityPolicy };

    /// <summary>A document that is neither JSON nor a page.</summary>
    public static IResult Document(string text, string mediaType) => new Answer(200, text, mediaType);

    /// <summary>A document whose text is ready.</summary>
    public static IResult Json(string text) => new Answer(200, text);

    // No public properties on these two: the worker serialises whatever a function returns a second time.
    private sealed class Answer(int status, string body, string? contentType = null) : IResult
    {
        internal string? Allow { get; init; }

        internal string? ContentSecurityPolicy { get; init; }

        internal ETag? ETag { get; init; }

        internal string? Location { get; init; }

        internal bool Replayed { get; init; }

        internal TimeSpan? RetryAfter { get; init; }

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            Set("Allow", Allow);
            Set("Content-Security-Policy", ContentSecurityPolicy);
            Set("ETag", ETag is { } etag ? ETags.Of(etag) : null);
            Set("Idempotent-Replayed", Replayed ? "true" : null);
            Set("Location", Location);
            Set("Retry-After", RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null);
            return SendAsync(httpContext, status, contentType ?? (status >= 400 ? ProblemJson.ContentType : "application/json; charset=utf-8"), body);

            void Set(string name, string? value)
            {
                if (value is not null)
                {
                    headers[name] = value;
                }
            }
        }
    }

    private sealed class ListAnswer(string items, string? continuation) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var cursor = continuation is null ? "null" : $"\"{Paging.Seal(httpContext.Request, continuation)}\"";
            return SendAsync(httpContext, 200, "application/json; charset=utf-8", $$"""{"items":{{items}},"nextCursor":{{cursor}}}""");
        }
    }

    private static async Task SendAsync(HttpContext http, int status, string contentType, string body)
    {
        http.Response.StatusCode = status;
        if (body.Length == 0)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(body);
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }
}
