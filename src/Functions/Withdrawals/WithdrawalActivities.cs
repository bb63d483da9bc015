using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>
/// The steps of a withdrawal. Each reads the stored row first, so that a step that is run twice acts once; and each ends by telling
/// the customer what is new, under keys of its own, so that a step that is run twice tells once.
/// </summary>
public sealed class WithdrawalActivities(PayoutDesk desk, WithdrawalReviews reviews, WithdrawalNews news)
{
    /// <summary>Puts it into the queue of those who look at withdrawals before they leave.</summary>
    [Function(nameof(OpenReview))]
    public async Task<Standing> OpenReview([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken)
    {
        var standing = await StepAsync(run, reviews.OpenAsync, cancellationToken);
        return standing with { IsListed = standing.ReviewUntil is not null };
    }

    /// <summary>Hands the order to the bank; one that may have left before is asked about instead, and one that a person must look at first stays here until then, or is refused when its time is over.</summary>
    [Function(nameof(SubmitPayout))]
    public Task<Standing> SubmitPayout([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        StepAsync(run, desk.SubmitAsync, cancellationToken);

    /// <summary>Asks the bank how it stands, and books its answer.</summary>
    [Function(nameof(AskBank))]
    public Task<Standing> AskBank([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        StepAsync(run, desk.SubmitAsync, cancellationToken);

    /// <summary>Books what a callback has told: captures or releases the hold. Where nothing was told, the account may have been unfrozen: it goes on as after a wait.</summary>
    [Function(nameof(BookOutcome))]
    public Task<Standing> BookOutcome([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        StepAsync(run, desk.SubmitAsync, cancellationToken);

    /// <summary>Tells the customer and support that the promise is broken.</summary>
    [Function(nameof(ReportOverdue))]
    public Task<Standing> ReportOverdue([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        StepAsync(run, desk.ReportOverdueAsync, cancellationToken);

    private async Task<Standing> StepAsync(WithdrawalRun run, Func<WalletId, WithdrawalId, CancellationToken, Task<Withdrawal>> step, CancellationToken cancellationToken)
    {
        var withdrawal = await step(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken);
        await news.TellAsync(withdrawal, run.Told, cancellationToken);
        return Standing.Of(withdrawal);
    }
}
