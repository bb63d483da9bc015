using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals;

/// <summary>Which withdrawal a payout belongs to: the bank's callbacks name the payout alone. Rows are added before the order leaves and never change.</summary>
internal sealed class PayoutIndex(Storage storage)
{
    public const string TableName = "payouts";

    /// <summary>Most callbacks come soon, and to the host that sent the order.</summary>
    private const int Remembered = 20_000;

    private readonly TableClient table = storage.Table(TableName);
    private readonly ConcurrentDictionary<string, (WalletId Wallet, WithdrawalId Withdrawal)> added = new(StringComparer.Ordinal);

    /// <summary>Adds the row; a second time is the same row again.</summary>
    public async Task AddAsync(string payoutId, WalletId wallet, WithdrawalId withdrawal, CancellationToken cancellationToken)
    {
        var row = new TableEntity(payoutId, payoutId) { ["wallet"] = wallet.Value, ["withdrawal"] = withdrawal.Value };
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.Status == 409)
        {
            // The id belongs to one withdrawal alone (it is made from its id), so the row there is this one.
        }

        if (added.Count >= Remembered)
        {
            added.Clear();
        }

        added[payoutId] = (wallet, withdrawal);
    }

    /// <summary>The withdrawal of a payout; null where the id is none of ours, whatever characters it has.</summary>
    public async Task<(WalletId Wallet, WithdrawalId Withdrawal)?> FindAsync(string payoutId, CancellationToken cancellationToken)
    {
        if (!Withdrawal.IsPayoutId(payoutId))
        {
            return null;
        }

        if (added.TryGetValue(payoutId, out var known))
        {
            return known;
        }

        var found = await table.GetEntityIfExistsAsync<TableEntity>(payoutId, payoutId, cancellationToken: cancellationToken);
        return found.HasValue ? (WalletId.Of(found.Value!.GetString("wallet")), WithdrawalId.Of(found.Value.GetString("withdrawal"))) : null;
    }
}
