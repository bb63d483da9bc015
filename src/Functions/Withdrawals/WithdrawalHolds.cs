using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Reconciliation;

namespace WalletFunctions.Withdrawals;

/// <summary>What each withdrawal says of the hold that was placed for it, for reconciliation to compare.</summary>
internal sealed class WithdrawalHolds : IHoldPurpose
{
    public string HoldPrefix => WithdrawalId.Prefix;

    public string RowPrefix => WithdrawalTable.Prefix;

    public HoldClaim Read(TableEntity row) => new(row.GetString("id"), (row.GetInt64("a") ?? 0) + (row.GetInt64("f") ?? 0), WithdrawalStates.Parse(row.GetString("s")) switch
    {
        WithdrawalStatus.Reserved or WithdrawalStatus.InReview or WithdrawalStatus.Submitted => HoldState.Open,
        WithdrawalStatus.Settled => HoldState.Captured,
        WithdrawalStatus.Returned => HoldState.Returned,
        WithdrawalStatus.Rejected or WithdrawalStatus.Cancelled or WithdrawalStatus.Failed => HoldState.Released,
    });
}
