using System.Runtime.CompilerServices;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Reconciliation;
using WalletFunctions.TopUps.Acquirer;

namespace WalletFunctions.TopUps;

/// <summary>The acquirer's daily file beside our card top-ups, for reconciliation to compare.</summary>
internal sealed class ChargeFile(IAcquirer acquirer) : ICounterparty
{
    /// <summary>What the sandbox gives away no card has paid.</summary>
    private const string NoCard = "sandbox";

    public string Name => "acquirer";

    public FileItem? Of(Entry entry) =>
        entry.Kind == EntryKind.TopUp && entry.Party?.Name != NoCard && entry.Operation.StartsWith(TopUpId.Prefix, StringComparison.Ordinal)
            ? new FileItem(Reference(entry.Operation, DailyFileState.Settled), entry.Moved(BookAccount.TopUpClearing), entry.At, entry.Wallet)
            : null;

    public async IAsyncEnumerable<FileItem> FileAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in acquirer.DailyFileAsync(day, cancellationToken))
        {
            yield return new FileItem(Reference(row.Id, row.State), row.Amount.Amount, row.SettledAt);
        }
    }

    private static string Reference(string chargeId, DailyFileState state) => $"{chargeId}:{state.ToString().ToLowerInvariant()}";
}
