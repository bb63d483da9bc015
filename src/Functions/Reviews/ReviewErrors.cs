using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reviews;

/// <summary>Refusals of reviews.</summary>
internal static class ReviewErrors
{
    /// <summary>Somebody else, or the clock, was first.</summary>
    public static DomainError Decided { get; } = new("review_decided", ErrorKind.Conflict,
        new("该审核已有结果。", "This review has been decided, or has expired."))
    { NextSteps = [new("list_reviews", "GET /v1/reviews")] };

    /// <summary>Only of some kinds more can be asked.</summary>
    public static DomainError CannotAsk { get; } = PlatformErrors.Validation(
        [FieldErrors.Invalid("decision", new("此类审核只能通过或拒绝。", "a review of this kind is approved or denied."))]);
}
