using WalletFunctions.Domain;

namespace WalletFunctions.Reviews;

/// <summary>Refusals of reviews.</summary>
internal static class ReviewErrors
{
    /// <summary>Somebody else, or the clock, was first.</summary>
    public static DomainError Decided { get; } = new("review_decided", ErrorKind.Conflict,
        new("该审核已有结果。", "This review has been decided, or has expired."))
    { NextSteps = [new("list_reviews", "GET /v1/reviews")] };
}
