using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>An answer as it is kept under an idempotency key and replayed byte for byte.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The exact text; empty for 204.</param>
/// <param name="Location">The Location header: the path as clients use it, <c>/api/v1/…</c>.</param>
public sealed record StoredAnswer(int Status, string Body, string? Location = null)
{
    /// <summary>When it makes sense to try again; only on answers that are not kept.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    internal static StoredAnswer Ok(object value) => new(200, AnswerJson.Serialize(value));

    internal static StoredAnswer Created(object value, string? location = null) => new(201, AnswerJson.Serialize(value), location);

    internal static StoredAnswer Accepted(object value, string? location = null) => new(202, AnswerJson.Serialize(value), location);

    internal static StoredAnswer NoContent() => new(204, "");

    internal static StoredAnswer Problem(HttpRequest request, DomainError error) => Problem(request.Caller(), Instance(request), error);

    internal static StoredAnswer Problem(Caller caller, string instance, DomainError error) =>
        new(ErrorStatus.Of(error.Kind), ProblemJson.Serialize(error, caller, instance)) { RetryAfter = error.RetryAfter };

    /// <summary>A problem's <c>instance</c>: the path without the query, which may hold what must not be repeated.</summary>
    internal static string Instance(HttpRequest request) => request.PathBase + request.Path;
}
