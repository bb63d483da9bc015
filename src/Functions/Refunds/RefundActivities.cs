using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;

namespace WalletFunctions.Refunds;

/// <summary>The steps of a refund. Each reads the stored row first, so that a step that is run twice acts once.</summary>
public sealed class RefundActivities(RefundDesk desk)
{
    /// <summary>Opens the case and asks the merchant.</summary>
    [Function(nameof(OpenRefund))]
    public Task<RefundStanding> OpenRefund([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) =>
        desk.OpenAsync(WalletId.Of(run.WalletId), RefundId.Of(run.RefundId), cancellationToken);

    /// <summary>Reads how it stands after somebody has spoken, and tells everybody concerned.</summary>
    [Function(nameof(LookAtRefund))]
    public Task<RefundStanding> LookAtRefund([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) =>
        desk.LookAsync(WalletId.Of(run.WalletId), RefundId.Of(run.RefundId), cancellationToken);

    /// <summary>Reminds a merchant that has not answered yet.</summary>
    [Function(nameof(RemindMerchant))]
    public Task<RefundStanding> RemindMerchant([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.Reminder, cancellationToken);

    /// <summary>The merchant has said nothing: support takes over, or, of a small amount, silence is a yes.</summary>
    [Function(nameof(EndMerchantsTime))]
    public Task<RefundStanding> EndMerchantsTime([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.Merchant, cancellationToken);

    /// <summary>Support has not decided in time: the case becomes urgent.</summary>
    [Function(nameof(EscalateReview))]
    public Task<RefundStanding> EscalateReview([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.Review, cancellationToken);

    /// <summary>The customer has not sent what was asked for: the request lapses.</summary>
    [Function(nameof(LapseWithoutEvidence))]
    public Task<RefundStanding> LapseWithoutEvidence([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.Evidence, cancellationToken);

    /// <summary>Moves the money from the merchant's book to the customer's.</summary>
    [Function(nameof(PayRefund))]
    public Task<RefundStanding> PayRefund([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) =>
        desk.PayAsync(WalletId.Of(run.WalletId), RefundId.Of(run.RefundId), cancellationToken);

    /// <summary>Tells support that the merchant's book has not given the money for days.</summary>
    [Function(nameof(ReportMissingFunds))]
    public Task<RefundStanding> ReportMissingFunds([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.FundsSupport, cancellationToken);

    /// <summary>The time to appeal is over: the denial is final.</summary>
    [Function(nameof(CloseAppeal))]
    public Task<RefundStanding> CloseAppeal([ActivityTrigger] RefundRun run, CancellationToken cancellationToken) => TimeIsUp(run, RefundTimer.Appeal, cancellationToken);

    private Task<RefundStanding> TimeIsUp(RefundRun run, RefundTimer timer, CancellationToken cancellationToken) =>
        desk.TimeIsUpAsync(WalletId.Of(run.WalletId), RefundId.Of(run.RefundId), timer, cancellationToken);
}
