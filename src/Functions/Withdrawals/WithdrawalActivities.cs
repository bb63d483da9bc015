using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;

namespace WalletFunctions.Withdrawals;

/// <summary>The steps of a withdrawal. Each reads the stored row first, so that a step that is run twice acts once.</summary>
public sealed class WithdrawalActivities(PayoutDesk desk)
{
    /// <summary>Hands the order to the bank; one that may have left before is asked about instead.</summary>
    [Function(nameof(SubmitPayout))]
    public Task<Standing> SubmitPayout([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        desk.SubmitAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken);

    /// <summary>Asks the bank how it stands, and books its answer.</summary>
    [Function(nameof(AskBank))]
    public Task<Standing> AskBank([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        desk.SubmitAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken);

    /// <summary>Books what a callback has told: captures or releases the hold.</summary>
    [Function(nameof(BookOutcome))]
    public Task<Standing> BookOutcome([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        desk.BookAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken);

    /// <summary>Tells the customer and support that the promise is broken.</summary>
    [Function(nameof(ReportOverdue))]
    public Task<Standing> ReportOverdue([ActivityTrigger] WithdrawalRun run, CancellationToken cancellationToken) =>
        desk.ReportOverdueAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken);
}
