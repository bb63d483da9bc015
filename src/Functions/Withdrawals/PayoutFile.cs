using System.Runtime.CompilerServices;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Reconciliation;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Withdrawals;

/// <summary>The bank's daily file beside our captures and returns, for reconciliation to compare.</summary>
internal sealed class PayoutFile(IBank bank) : ICounterparty
{
    public string Name => "bank";

    public FileItem? Of(Entry entry) => entry.Kind switch
    {
        EntryKind.Capture when entry.Operation.StartsWith(WithdrawalId.Prefix, StringComparison.Ordinal) => Item(entry, DailyFileState.Settled),
        EntryKind.PayoutReturn => Item(entry, DailyFileState.Returned),
        _ => null,
    };

    public async IAsyncEnumerable<FileItem> FileAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in bank.DailyFileAsync(day, cancellationToken))
        {
            yield return new FileItem(Reference(row.Id, row.State), row.Amount.Amount, row.SettledAt);
        }
    }

    private static FileItem Item(Entry entry, DailyFileState state) => new(
        Reference(Withdrawal.PayoutIdOf(WithdrawalId.Of(Operations.HoldOf(entry.Operation)), entry.Wallet), state), entry.Moved(BookAccount.PayoutClearing), entry.At, entry.Wallet);

    private static string Reference(string payoutId, DailyFileState state) => $"{payoutId}:{state.ToString().ToLowerInvariant()}";
}
