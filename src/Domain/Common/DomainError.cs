using System.Collections.ObjectModel;

namespace WalletFunctions.Domain;

/// <summary>A refusal: a value, never an exception.</summary>
/// <param name="Code">Stable, snake_case, never renamed or reused; docs/errors.md lists every one.</param>
/// <param name="Kind">Decides the HTTP status.</param>
/// <param name="Title">What this code means, the same at every occurrence.</param>
/// <param name="Detail">This occurrence, in words a customer understands.</param>
public sealed record DomainError(string Code, ErrorKind Kind, Text Title, Text Detail)
{
    /// <summary>A refusal whose detail says no more than its title.</summary>
    public DomainError(string code, ErrorKind kind, Text title)
        : this(code, kind, title, title)
    {
    }

    /// <summary>The members of the request that are wrong; empty unless the kind is <see cref="ErrorKind.Invalid"/>.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>What the client can offer next; used by failed money moves.</summary>
    public IReadOnlyList<NextStep> NextSteps { get; init; } = [];

    /// <summary>When it makes sense to try again; null where waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the problem, by name: the <c>challengeId</c> of <c>confirmation_required</c>. Values are what answers may hold.</summary>
    public IReadOnlyDictionary<string, object> Extensions { get; init; } = ReadOnlyDictionary<string, object>.Empty;
}

/// <summary>One member of a request that is wrong.</summary>
/// <param name="Field">The member's path, as sent: <c>amount.currency</c>.</param>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Detail">What is wrong with it.</param>
public sealed record FieldError(string Field, string Code, Text Detail);

/// <summary>Something the client can offer after a refusal.</summary>
/// <param name="Action">Stable, snake_case: <c>top_up</c>.</param>
/// <param name="Route">Method and route: <c>POST /v1/topups</c>.</param>
public sealed record NextStep(string Action, string Route);
