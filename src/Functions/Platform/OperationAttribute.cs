namespace WalletFunctions.Platform;

/// <summary>What the HTTP contract says of a function, for /api/openapi.json. Every HTTP function carries it.</summary>
/// <param name="summary">One line, in English.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OperationAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;

    /// <summary>A record whose members are the request's; null where there is no body. Only its shape is used.</summary>
    public Type? Request { get; init; }

    /// <summary>A record whose members are the answer's; null where there is no body.</summary>
    public Type? Response { get; init; }

    /// <summary>The answer is a page of a list of <see cref="Response"/>, with limit and cursor.</summary>
    public bool IsList { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Other statuses of success, with the same answer: 202 where it may have to wait for a review.</summary>
    public int[] AlsoStatus { get; init; } = [];

    /// <summary>Whether the request needs an Idempotency-Key, (K) in the contract.</summary>
    public bool Key { get; init; }

    /// <summary>Query members: <c>wait</c>, <c>view</c>.</summary>
    public string[] Query { get; init; } = [];

    /// <summary>The problem codes of this function beyond those that every route has.</summary>
    public string[] Codes { get; init; } = [];

    /// <summary>The media type of a request that is not JSON.</summary>
    public string? RequestMediaType { get; init; }

    /// <summary>The media type of an answer that is not JSON.</summary>
    public string? ResponseMediaType { get; init; }
}
