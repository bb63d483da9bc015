using System.Net;
using System.Text.Json.Serialization;

namespace WalletFunctions.Platform.Partners;

/// <summary>What a partner says when an order is handed over.</summary>
internal enum SubmitAnswerKind
{
    /// <summary>It has the order.</summary>
    Taken,

    /// <summary>It does not have it, and says so itself (or nobody answered the door).</summary>
    NotTaken,

    /// <summary>It will never take this order.</summary>
    Refused,

    /// <summary>No answer came: it may have it or not.</summary>
    Unknown,
}

/// <summary>What a partner says when asked about an order.</summary>
internal enum StatusAnswerKind
{
    /// <summary>It has the order and has not decided.</summary>
    Pending,

    /// <summary>It is decided.</summary>
    Decided,

    /// <summary>It does not have the order.</summary>
    NotKnown,

    /// <summary>No usable answer.</summary>
    Unreachable,
}

/// <summary>Whether a request came to its answer.</summary>
internal enum Reach
{
    /// <summary>There is an answer.</summary>
    Answered,

    /// <summary>Nobody answered the door: the request never left.</summary>
    NotReached,

    /// <summary>The request left, and its answer is lost.</summary>
    NoAnswer,
}

/// <summary>What came back from a partner.</summary>
/// <param name="Reach">Whether anything did.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Words">The answer's members that we know; null where it has none that can be read.</param>
internal sealed record PartnerAnswer(Reach Reach, HttpStatusCode Status = default, PartnerWords? Words = null)
{
    /// <summary>What an answer to an order means. The contract: 503 and 429 mean that nothing was taken, 422 that nothing ever will be.</summary>
    public SubmitAnswerKind AsTaking() => (Reach, Status) switch
    {
        (Reach.NotReached, _) => SubmitAnswerKind.NotTaken,
        (Reach.NoAnswer, _) => SubmitAnswerKind.Unknown,
        (_, HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) => SubmitAnswerKind.NotTaken,
        (_, HttpStatusCode.UnprocessableEntity) => SubmitAnswerKind.Refused,
        (_, >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous) => SubmitAnswerKind.Taken,
        _ => SubmitAnswerKind.Unknown,
    };

    /// <summary>What an answer to a question means.</summary>
    /// <param name="notFoundCode">The code of the 404 that says "no such order", as opposed to a wrong address.</param>
    /// <param name="isDecided">Whether a state is an end.</param>
    public StatusAnswerKind AsStanding(string notFoundCode, Func<string?, bool> isDecided) => (Reach, Status) switch
    {
        (Reach.Answered, HttpStatusCode.NotFound) when Words?.Code == notFoundCode => StatusAnswerKind.NotKnown,
        (Reach.Answered, HttpStatusCode.OK) when Words?.State == "pending" => StatusAnswerKind.Pending,
        (Reach.Answered, HttpStatusCode.OK) when isDecided(Words?.State) => StatusAnswerKind.Decided,
        _ => StatusAnswerKind.Unreachable,
    };
}

/// <summary>The members of a partner's answers that we know.</summary>
/// <param name="State">Where an order stands.</param>
/// <param name="Reason">Why, as the partner words it.</param>
/// <param name="Code">The code of a problem.</param>
internal sealed record PartnerWords(
    [property: JsonPropertyName("state")] string? State,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("code")] string? Code);
