using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reviews;

/// <summary>
/// What waits for a person, of one kind. The desk sees to it that one outcome is chosen once and carried out at last; the kind
/// knows what carrying out means. Everything here may be said again after a crash, and must then change nothing more.
/// </summary>
internal interface IReviewKind
{
    /// <summary>Its name in <c>?kind=</c> and in the record: <c>transfer</c>.</summary>
    string Kind { get; }

    /// <summary>Whether the person may ask for more instead of deciding.</summary>
    bool CanAsk => false;

    /// <summary>Whether the conversation is about the review alone, and so has done its work with it.</summary>
    bool EndsConversation => true;

    /// <summary>Why an approval could not be carried out just now; null if it could. Asked before it is chosen.</summary>
    Task<DomainError?> ObstacleAsync(ReviewRecord review, CancellationToken cancellationToken);

    /// <summary>Carries out what was chosen.</summary>
    /// <returns>How it really ended, for another end may have come first; or a refusal, which leaves the review open.</returns>
    Task<Result<ReviewOutcome>> DecideAsync(ReviewRecord review, ReviewOutcome chosen, ReviewHand hand, CancellationToken cancellationToken);

    /// <summary>Nobody decided in time.</summary>
    /// <returns>True: the review ends, <see cref="ReviewOutcome.Expired"/> is chosen and carried out. False: it goes on waiting for a person, and the kind has told whom it concerns.</returns>
    Task<bool> ExpireAsync(ReviewRecord review, ReviewHand hand, CancellationToken cancellationToken);

    /// <summary>What agents read in the conversation when it has ended.</summary>
    Text Told(ReviewRecord review, ReviewOutcome ended);
}

/// <summary>Who carries a choice out, and with what.</summary>
/// <param name="Caller">The person, or the clock.</param>
/// <param name="Durable">Rings orchestrations; null where nobody has it, and they find out by themselves.</param>
internal sealed record ReviewHand(Caller Caller, DurableTaskClient? Durable);
