using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>What the orchestration carries from run to run: ids and counters only, for the stored row is the truth.</summary>
/// <param name="WalletId">Whose book holds the money.</param>
/// <param name="WithdrawalId">Which withdrawal; also the instance's id.</param>
/// <param name="PromisedBy">As it was when the run began; <see cref="Standing.PromisedBy"/> knows better.</param>
/// <param name="Round">How often the bank was waited for in earlier runs.</param>
/// <param name="Told">How many lines of the timeline the customer was told of.</param>
/// <param name="CountsFailures">Whether failed steps make a run shorter; false for what older builds began.</param>
/// <param name="Beginning">How often staff had begun it anew.</param>
public sealed record WithdrawalRun(
    string WalletId, string WithdrawalId, DateTimeOffset PromisedBy, int Round = 0, int Told = 0, bool CountsFailures = false, int Beginning = 0);

/// <summary>How a withdrawal stood when its row was last read. Older builds have written some, so that members are only ever added, with a default.</summary>
/// <param name="Status">Its status by name.</param>
/// <param name="IsOpen">Whether the money is still held.</param>
/// <param name="Overdue">Whether the broken promise has been told.</param>
/// <param name="Told">How many lines of the timeline the customer was told of.</param>
/// <param name="ReviewUntil">Until when a person may look at it; null where nobody has to.</param>
/// <param name="IsListed">Whether it is in that person's queue.</param>
/// <param name="PromisedBy">The promise, where a review has moved it.</param>
public sealed record Standing(
    string Status, bool IsOpen, bool Overdue, int Told = 0, DateTimeOffset? ReviewUntil = null, bool IsListed = false, DateTimeOffset? PromisedBy = null)
{
    internal static Standing Of(Withdrawal withdrawal) => new(
        withdrawal.Status.Name(),
        withdrawal.Status.IsOpen(),
        withdrawal.Overdue,
        withdrawal.Timeline.Count,
        withdrawal.ReviewUntil,
        PromisedBy: withdrawal.ReviewedFor is null ? null : withdrawal.PromisedBy);
}
