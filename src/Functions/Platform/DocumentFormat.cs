using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>One of the forms in which a document can be had.</summary>
/// <param name="Name">As in <c>?format=</c>.</param>
/// <param name="MediaType">As in <c>Accept</c> and <c>Content-Type</c>.</param>
internal sealed record DocumentFormat(string Name, string MediaType)
{
    public static DocumentFormat Csv { get; } = new("csv", "text/csv");

    public static DocumentFormat Html { get; } = new("html", "text/html");

    public static DocumentFormat Jose { get; } = new("jose", "application/jose");

    public static DocumentFormat Json { get; } = new("json", "application/json");

    /// <summary>What is asked for: by <c>?format=</c>, else by <c>Accept</c>, else the first.</summary>
    /// <param name="offered">The first is for those who have no wish, or one that cannot be met.</param>
    public static Result<DocumentFormat> Choose(HttpRequest request, params IReadOnlyList<DocumentFormat> offered)
    {
        if (request.Query["format"].ToString() is { Length: > 0 } name)
        {
            var names = string.Join(", ", offered.Select(format => format.Name));
            return offered.FirstOrDefault(format => format.Name == name) is { } named
                ? named
                : PlatformErrors.Validation([FieldErrors.Invalid("format", new($"可用的值：{names}。", $"it must be one of {names}."))]);
        }

        return request.GetTypedHeaders().Accept
            .Where(range => range.Quality != 0)
            .OrderByDescending(range => range.Quality ?? 1)
            .Select(range => offered.FirstOrDefault(format => new MediaTypeHeaderValue(format.MediaType).IsSubsetOf(WithoutQuality(range))))
            .FirstOrDefault(found => found is not null) ?? offered[0];
    }

    private static MediaTypeHeaderValue WithoutQuality(MediaTypeHeaderValue range) => new(range.MediaType);
}
