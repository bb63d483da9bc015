using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>A transfer between two books.</summary>
/// <param name="OperationId">A new id (<c>txn_…</c>), shared by both legs.</param>
/// <param name="Payer">Who pays.</param>
/// <param name="PayerName">Masked, as the payee will see it.</param>
/// <param name="Payee">Who is paid; known to exist.</param>
/// <param name="PayeeName">Masked, as the payer will see it.</param>
/// <param name="Amount">Positive.</param>
/// <param name="Note">What the payer wrote.</param>
internal sealed record TransferOrder(string OperationId, WalletId Payer, string? PayerName, WalletId Payee, string? PayeeName, Money Amount, string? Note)
{
    /// <summary>The client's key, with what renders the answers kept under it.</summary>
    public RequestKey? Key { get; init; }

    /// <summary>See <see cref="BookCommand.Answer"/>.</summary>
    public Func<Decision, StoredAnswer>? Answer { get; init; }

    /// <summary>See <see cref="BookCommand.Refusal"/>.</summary>
    public Func<DomainError, StoredAnswer>? Refusal { get; init; }

    /// <summary>What only so many transfers may have on the payee's side (a collection, an order id); null for a plain transfer.</summary>
    public Claim? Claim { get; init; }

    /// <summary>What it is refused with when others have the claim.</summary>
    public DomainError Taken { get; init; } = LedgerErrors.Claimed;

    /// <summary>What it is refused with when the claim is closed.</summary>
    public DomainError Closed { get; init; } = LedgerErrors.Claimed;

    /// <summary>The fee on top; its schedule is applied before the order is made.</summary>
    public long Fee { get; init; }
}

/// <summary>Moves money between books: intent, claim, debit, credit, and the clearing of the first two.</summary>
/// <remarks>
/// The debit's operation row is the outbox: whoever finds it (this call, a repeat of it, the sweep) can make the credit, which
/// never refuses and happens once. An intent without a debit ends in a tombstone, on which a late debit fails.
/// </remarks>
public sealed class Transfers : IIntentSweeper
{
    /// <summary>See <see cref="Intent.Kind"/>.</summary>
    internal const string IntentKind = "transfer";

    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly Claims claims;

    internal Transfers(Ledger ledger, Intents intents) => (this.ledger, this.intents, claims) = (ledger, intents, new Claims(ledger));

    string IIntentSweeper.Kind => IntentKind;

    /// <summary>Makes a transfer. An outcome that is told as committed or replayed has its credit.</summary>
    /// <exception cref="LedgerUnavailableException">Storage did not let it come to an end in time; the same key finds out.</exception>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellation">Ends the waiting, not the transfer: a caller who hangs up must not leave a debit without its credit.</param>
    internal Task<Outcome> SendAsync(TransferOrder order, CancellationToken cancellation) => SendToTheEndAsync(order).WaitAsync(cancellation);

    /// <summary>Stores a refusal under the client's key; if the key has an answer already, that one counts, and its transfer is completed.</summary>
    internal async Task<Outcome> RefuseAsync(WalletId payer, BookCommand refusal, CancellationToken cancellation)
    {
        var outcome = await ledger.ExecuteAsync(payer, refusal, cancellation);
        if (outcome is Outcome.Replayed replayed)
        {
            await CompleteAsync(payer, replayed.OperationId, cancellation);
        }

        return outcome;
    }

    /// <summary>Makes sure that a debit, if there is one, has its credit.</summary>
    /// <returns>Whether there is one.</returns>
    internal async Task<bool> CompleteAsync(WalletId payer, string operationId, CancellationToken cancellation)
    {
        if (await ledger.FindOperationAsync(payer, operationId, cancellation) is not { Payee: { } payee, Entry: { } number } outbox)
        {
            return false;
        }

        if (await ledger.FindOperationAsync(new WalletId(payee), operationId, cancellation) is not null)
        {
            return true;
        }

        var debit = await ledger.FindEntryAsync(payer, number, cancellation)
            ?? throw new InvalidDataException($"Operation {operationId} names entry {number}, which is missing.");
        await CreditAsync(debit, new WalletId(payee), outbox.PayerName, cancellation);
        return true;
    }

    async Task<bool> IIntentSweeper.SweepAsync(Intent intent, CancellationToken cancellation)
    {
        if (await ledger.FindOperationAsync(intent.Book, intent.OperationId, cancellation) is null)
        {
            await ledger.TombstoneAsync(intent.Book, intent.OperationId, cancellation);
        }

        var isMade = await CompleteAsync(intent.Book, intent.OperationId, cancellation);
        if (intent.Note is { } claim)
        {
            await claims.SettleAsync(claim, intent.OperationId, intent.Book, isMade ? ClaimEnd.Kept : ClaimEnd.Gone, cancellation);
        }

        return true;
    }

    private async Task<Outcome> SendToTheEndAsync(TransferOrder order)
    {
        var cancellation = CancellationToken.None;
        var intent = await intents.AddAsync(
            new Intent(IntentKind, order.OperationId, order.Payer) { Note = order.Claim is null ? null : Claims.Note(order.Payee, order.Claim) }, cancellation);
        var claim = order.Claim is null
            ? ClaimResult.Placed
            : await claims.TryPlaceAsync(order.Payee, order.Claim, order.OperationId, order.Payer, order.Key?.RowKey ?? order.OperationId, cancellation);
        var outcome = claim switch
        {
            ClaimResult.Placed => await ledger.ExecuteAsync(order.Payer, Debit(order), cancellation),
            ClaimResult.Taken => await ledger.ExecuteAsync(order.Payer, Refused(order, order.Taken), cancellation),
            ClaimResult.Closed => await ledger.ExecuteAsync(order.Payer, Refused(order, order.Closed), cancellation),
            ClaimResult.NoPayee => await ledger.ExecuteAsync(order.Payer, Refused(order, LedgerErrors.PayeeNotFound), cancellation),
            ClaimResult.Busy => new Outcome.Busy(),
            ClaimResult.Swept => new Outcome.Swept(),
        };
        var end = await CreditAsync(order, outcome, cancellation);
        if (claim == ClaimResult.Placed && intent.Note is { } note)
        {
            await claims.SettleAsync(note, order.OperationId, order.Payer, end, cancellation);
        }

        intents.Clear(intent);
        return outcome;
    }

    /// <summary>Makes sure of the credit that an outcome promises.</summary>
    private async Task<ClaimEnd> CreditAsync(TransferOrder order, Outcome outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case Outcome.Committed { Entry: { } debit }:
                await CreditAsync(debit, order.Payee, order.PayerName, cancellation);
                return ClaimEnd.Kept;
            case Outcome.Replayed replayed:
                return await CompleteAsync(order.Payer, replayed.OperationId, cancellation) ? ClaimEnd.Kept : ClaimEnd.Refused;
            case Outcome.Refused:
                return ClaimEnd.Refused;
            default:
                // The first request with this key may still debit: what it has claimed is not ours to give back.
                return ClaimEnd.Gone;
        }
    }

    private static BookCommand Debit(TransferOrder order) =>
        new(order.OperationId, new BookMove.DebitTransfer(order.Amount, order.Fee, new Party(order.Payee, order.PayeeName), order.Note))
        {
            Key = order.Key,
            Answer = order.Answer,
            Refusal = order.Refusal,
            Outbox = new Outbox(order.Payee, order.PayerName),
        };

    private static BookCommand Refused(TransferOrder order, DomainError error) =>
        new(order.OperationId, new BookMove.Refuse(error)) { Key = order.Key, Answer = order.Answer, Refusal = order.Refusal };

    private async Task CreditAsync(Entry debit, WalletId payee, string? payerName, CancellationToken cancellation)
    {
        var credit = new BookMove.CreditTransfer(Money.Fen(debit.Moved(BookAccount.InTransit)), new Party(debit.Wallet, payerName), debit.Note, debit.At);
        var outcome = await ledger.ExecuteAsync(payee, new BookCommand(debit.Operation, credit), cancellation);
        if (outcome is not (Outcome.Committed or Outcome.Replayed))
        {
            throw new LedgerUnavailableException($"The credit of {debit.Operation} is still on its way ({outcome.GetType().Name}).");
        }
    }
}
