namespace WalletFunctions.Refunds;

/// <summary>What the orchestration carries from run to run: ids and a counter only, for the stored row is the truth.</summary>
/// <param name="WalletId">In whose book the refund stands.</param>
/// <param name="RefundId">Which refund; also the instance's id.</param>
/// <param name="Round">How often it was waited in earlier runs.</param>
/// <param name="CountsFailures">Whether failed steps make a run shorter; false for what older builds began.</param>
/// <param name="Beginning">How often staff had begun it anew.</param>
public sealed record RefundRun(string WalletId, string RefundId, int Round = 0, bool CountsFailures = false, int Beginning = 0);

/// <summary>How a refund stood when its row was last read.</summary>
/// <param name="Status">Its status by name.</param>
/// <param name="IsOver">Whether nothing can happen any more.</param>
/// <param name="Waits">The name of what it waits for: a <see cref="Domain.Refunds.RefundTimer"/>.</param>
/// <param name="Until">When that is over; null when it is over already.</param>
public sealed record RefundStanding(string Status, bool IsOver, string Waits, DateTimeOffset? Until);
