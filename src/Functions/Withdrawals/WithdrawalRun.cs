using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>What the orchestration carries from run to run: ids and counters only, for the stored row is the truth.</summary>
/// <param name="WalletId">Whose book holds the money.</param>
/// <param name="WithdrawalId">Which withdrawal; also the instance's id.</param>
/// <param name="PromisedBy">Never changes once given, so it may travel.</param>
/// <param name="Round">How often the bank was waited for in earlier runs.</param>
/// <param name="Told">How many lines of the timeline the customer was told of.</param>
public sealed record WithdrawalRun(string WalletId, string WithdrawalId, DateTimeOffset PromisedBy, int Round = 0, int Told = 0);

/// <summary>How a withdrawal stood when its row was last read.</summary>
/// <param name="Status">Its status by name.</param>
/// <param name="IsOpen">Whether the money is still held.</param>
/// <param name="Overdue">Whether the broken promise has been told.</param>
/// <param name="Told">How many lines of the timeline the customer was told of.</param>
public sealed record Standing(string Status, bool IsOpen, bool Overdue, int Told = 0)
{
    internal static Standing Of(Withdrawal withdrawal) => new(withdrawal.Status.Name(), withdrawal.Status.IsOpen(), withdrawal.Overdue, withdrawal.Timeline.Count);
}
