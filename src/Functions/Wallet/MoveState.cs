using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>What became of a move between two books, as other features show it beside their own rows.</summary>
/// <param name="Status">As in the list of transactions.</param>
/// <param name="FailureCode">Why it was given back, where a person looked at it first.</param>
/// <param name="ReversedBy">The transaction that took it back.</param>
internal sealed record MoveState(string Status, string? FailureCode, TransactionId? ReversedBy)
{
    /// <summary>Whether the money has moved and stayed there.</summary>
    public bool IsMade => Status is "completed" or "in_transit";
}

/// <summary>Finds what became of moves.</summary>
public sealed class MoveStates
{
    private readonly Ledger ledger;

    internal MoveStates(Ledger ledger) => this.ledger = ledger;

    /// <param name="payer">The book it was debited from.</param>
    /// <param name="payee">The book it goes to.</param>
    /// <param name="operationId">The operation that both legs share.</param>
    /// <param name="isReviewed">Whether a person had to look at it first.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<MoveState> FindAsync(WalletId payer, WalletId payee, string operationId, bool isReviewed, CancellationToken cancellation)
    {
        var partition = BookKeys.Partition(payer);
        if (isReviewed && await ledger.Store.FindHoldAsync(partition, operationId, cancellation) is { } hold && hold.ToDomain() is { State: not HoldState.Captured } held)
        {
            return held.State == HoldState.Open ? new MoveState("under_review", null, null) : new MoveState("failed", held.Reason, null);
        }

        if (await ledger.Store.FindAsync<LinkRow>(partition, LinkRow.KeyOf(operationId), cancellation) is { } link)
        {
            return new MoveState("reversed", null, link.OtherId);
        }

        return new MoveState(await ledger.FindOperationAsync(payee, operationId, cancellation) is null ? "in_transit" : "completed", null, null);
    }
}
