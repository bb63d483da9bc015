using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>Moves money between books: intent, claim, debit, credit, and the clearing of the first two.</summary>
/// <remarks>
/// The debit's operation row is the outbox: whoever finds it (this call, a repeat of it, the sweep) can make the credit, which
/// never refuses and happens once. An intent without a debit ends in a tombstone, on which a late debit fails.
/// </remarks>
public sealed partial class Transfers : IIntentSweeper
{
    /// <summary>See <see cref="Intent.Kind"/>.</summary>
    internal const string IntentKind = "transfer";

    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly Claims claims;
    private readonly LedgerOptions options;
    private readonly TimeProvider machineClock;
    private readonly IReviewQueue reviews;
    private readonly Dictionary<TransferPurpose, ICreditRows> creditRows;
    private readonly IArrivalListener[] listeners;

    internal Transfers(
        Ledger ledger, Intents intents, LedgerOptions options, TimeProvider machineClock, IReviewQueue reviews, IEnumerable<ICreditRows> creditRows, IEnumerable<IArrivalListener> listeners)
    {
        this.listeners = [.. listeners];
        (this.ledger, this.intents, this.options, this.machineClock, this.reviews, claims) = (ledger, intents, options, machineClock, reviews, new Claims(ledger));
        this.creditRows = creditRows.ToDictionary(rows => rows.Purpose);
    }

    string IIntentSweeper.Kind => IntentKind;

    /// <summary>Makes a transfer. An outcome that is told as committed or replayed has its credit, unless its answer says otherwise: in transit, or under review.</summary>
    /// <exception cref="LedgerUnavailableException">Storage did not let it come to an end in time; the same key finds out.</exception>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellation">Ends the waiting, not the transfer: a caller who hangs up must not leave a debit without its credit.</param>
    internal Task<Outcome> SendAsync(TransferOrder order, CancellationToken cancellation) => SendToTheEndAsync(order).WaitAsync(cancellation);

    /// <summary>Whether others have what an order needs on the payee's side, for good.</summary>
    internal async Task<bool> IsTakenAsync(TransferOrder order, CancellationToken cancellation) =>
        order.Claim is { } claim && await claims.FindAsync(order.Payee, claim.Name, cancellation) is { } row
            && (row.Closed == true || ClaimHolder.Place(row.Holders, claim.Most, order.OperationId, order.Payer.Value, "").Result == ClaimResult.Taken);

    /// <summary>Stores a refusal under the client's key; if the key has an answer already, that one counts, and its transfer is completed.</summary>
    internal async Task<Outcome> RefuseAsync(WalletId payer, BookCommand refusal, CancellationToken cancellation)
    {
        var outcome = await ledger.ExecuteAsync(payer, refusal, cancellation);
        return outcome is Outcome.Replayed replayed ? (await RepeatAsync(payer, refusal.Key, replayed, cancellation)).Told : outcome;
    }

    /// <summary>Makes sure that a debit, if there is one, has its credit.</summary>
    /// <returns>Whether there is a debit.</returns>
    internal async Task<bool> CompleteAsync(WalletId payer, string operationId, CancellationToken cancellation)
    {
        if (await ledger.FindOperationAsync(payer, operationId, cancellation) is not { Payee: { } payee, Entry: { } number } outbox)
        {
            return false;
        }

        if (await ledger.FindOperationAsync(new WalletId(payee), Operations.TransferOf(operationId), cancellation) is null)
        {
            var debit = await ledger.FindEntryAsync(payer, number, cancellation)
                ?? throw new InvalidDataException($"Operation {operationId} names entry {number}, which is missing.");
            await CreditAsync(debit, new Outbox(new WalletId(payee), outbox.PayerName, outbox.Memo), cancellation);
        }

        return true;
    }

    /// <summary>The payer's leg of an order.</summary>
    internal static BookMove MoveOf(TransferOrder order) =>
        new BookMove.DebitTransfer(order.Amount, new Party(order.Payee, order.PayeeName), order.Note, order.Purpose, order.Terms);

    async Task<bool> IIntentSweeper.SweepAsync(Intent intent, CancellationToken cancellation)
    {
        if (Operations.TransferOf(intent.OperationId) != intent.OperationId)
        {
            return await SweepApprovalAsync(intent, cancellation);
        }

        var operation = await ledger.FindOperationAsync(intent.Book, intent.OperationId, cancellation);
        if (operation is null && !await ledger.TombstoneAsync(intent.Book, intent.OperationId, cancellation))
        {
            operation = await ledger.FindOperationAsync(intent.Book, intent.OperationId, cancellation);
        }

        if (operation is { UnderReview: true })
        {
            // It waits for a person, and keeps its claim meanwhile.
            await QueueAsync(intent.Book, intent.OperationId, cancellation);
            return true;
        }

        var isMade = await CompleteAsync(intent.Book, intent.OperationId, cancellation);
        await SettleClaimAsync(intent, isMade ? ClaimEnd.Kept : ClaimEnd.Gone, cancellation);
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
        if (outcome is Outcome.Committed { Entry: { } entry } && EntryKinds.IsHold(entry.Kind))
        {
            // It waits for a person, and keeps its claim meanwhile.
            await QueueAsync(order.Payer, order.OperationId, cancellation);
            intents.Clear(intent);
            return outcome;
        }

        var (told, end, isOver) = await CreditAsync(order, outcome, cancellation);
        if (claim == ClaimResult.Placed)
        {
            await SettleClaimAsync(intent, end, cancellation);
        }

        if (isOver)
        {
            intents.Clear(intent);
        }

        return told;
    }

    /// <summary>Makes sure of the credit that an outcome promises, or says that it is on its way.</summary>
    /// <returns>What to tell, what becomes of the claim, and whether nothing is left for the sweep to do.</returns>
    private async Task<(Outcome Told, ClaimEnd Claim, bool IsOver)> CreditAsync(TransferOrder order, Outcome outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case Outcome.Committed { Entry: { } debit } committed:
                return await TryCreditAsync(order, debit)
                    ? (committed, ClaimEnd.Kept, true)
                    : (committed with { Answer = await TellInTransitAsync(order, debit, cancellation) }, ClaimEnd.Kept, false);
            case Outcome.Replayed replayed:
                var (repeat, end) = await RepeatAsync(order.Payer, order.Key, replayed, cancellation);
                return (repeat, end, true);
            case Outcome.Refused refused:
                // A passing refusal is this operation's alone: a repeat of the request, confirmed by now, may be debiting on the same claim.
                return (outcome, BookPlan.IsFinal(refused.Error) ? ClaimEnd.Refused : ClaimEnd.Gone, true);
            default:
                // The first request with this key may still debit: what it has claimed is not ours to give back.
                return (outcome, ClaimEnd.Gone, true);
        }
    }

    private static BookCommand Debit(TransferOrder order) =>
        new(order.OperationId, MoveOf(order))
        {
            Key = order.Key,
            Answer = order.Answer,
            Refusal = order.Refusal,
            Attempt = order.Attempt,
            Passing = order.Passing,
            Outbox = new Outbox(order.Payee, order.PayerName, order.Memo),
            Companions = decision => decision.UnderReview
                ? [Companion.Add(ReviewOf(order, decision)), .. order.Companions?.Invoke(decision) ?? []]
                : order.Companions?.Invoke(decision) ?? [],
        };

    private static BookCommand Refused(TransferOrder order, DomainError error) => new(order.OperationId, new BookMove.Refuse(error, order.Amount, order.Terms))
    {
        Key = order.Key,
        Answer = order.Answer,
        Refusal = order.Refusal,
        Attempt = order.Attempt,
    };

    /// <summary>A repeat is told the first answer, once it is true; from then on no other can be told.</summary>
    /// <returns>What to tell, and what becomes of the repeat's own part of the claim.</returns>
    private async Task<(Outcome.Replayed Told, ClaimEnd Claim)> RepeatAsync(WalletId payer, RequestKey? key, Outcome.Replayed replayed, CancellationToken cancellation)
    {
        if (key is not null && await ledger.FindKeyAsync(payer, key.RowKey, cancellation) is { Told: true } told)
        {
            return (replayed with { Answer = told.Answer() }, ClaimEnd.Kept);
        }

        if (await CompleteAsync(payer, replayed.OperationId, cancellation))
        {
            return (key is null ? replayed : replayed with { Answer = await ledger.TellAsync(payer, key.RowKey, null, cancellation) }, ClaimEnd.Kept);
        }

        // While a person looks at it the first request keeps its claim, and this repeat needs none.
        var isHeld = await ledger.FindOperationAsync(payer, replayed.OperationId, cancellation) is { UnderReview: true };
        return (replayed, isHeld || key is null ? ClaimEnd.Gone : ClaimEnd.Refused);
    }

    /// <summary>Makes the credit, or gives up waiting for it.</summary>
    /// <exception cref="LedgerUnavailableException">It was not made, and this order has no answer for that.</exception>
    private async Task<bool> TryCreditAsync(TransferOrder order, Entry debit)
    {
        var credit = CreditAsync(debit, new Outbox(order.Payee, order.PayerName, order.Memo), CancellationToken.None);
        if (order.InTransit is null || order.Key is null)
        {
            await credit;
            return true;
        }

        try
        {
            await credit.WaitAsync(options.CreditWait, machineClock);
            return true;
        }
        catch (Exception fault) when (fault is TimeoutException or LedgerUnavailableException or ClockBehindException)
        {
            // It may be made any moment; whatever it ends with, the sweep looks after it.
            _ = credit.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return false;
        }
    }

    /// <summary>Makes "in transit" the answer that stands under the key, unless a repeat has been told that it is completed.</summary>
    private Task<StoredAnswer> TellInTransitAsync(TransferOrder order, Entry debit, CancellationToken cancellation) =>
        ledger.TellAsync(order.Payer, order.Key!.RowKey, order.InTransit!(debit), cancellation);

    private async Task CreditAsync(Entry debit, Outbox outbox, CancellationToken cancellation)
    {
        var purpose = EntryKinds.PurposeOf(debit.Kind) ?? throw new InvalidDataException($"Entry {debit.Number} of {debit.Wallet} is no debit.");
        var rows = outbox.Memo is null ? null : creditRows.GetValueOrDefault(purpose);
        var credit = new BookMove.CreditTransfer(
            Money.Fen(debit.Moved(BookAccount.InTransit)), new Party(debit.Wallet, outbox.PayerName), debit.Note, debit.At, purpose, rows?.FeeReturned(outbox.Memo!) ?? 0);
        var command = new BookCommand(Operations.TransferOf(debit.Operation), credit)
        {
            Companions = rows is null ? null : _ => rows.Rows(debit, outbox.Memo!),
        };
        var outcome = await ledger.ExecuteAsync(outbox.Payee, command, cancellation);
        if (outcome is not (Outcome.Committed or Outcome.Replayed))
        {
            throw new LedgerUnavailableException($"The credit of {debit.Operation} is still on its way ({outcome.GetType().Name}).");
        }

        foreach (var listener in listeners)
        {
            listener.Arrived(outbox.Payee);
        }
    }

    private Task SettleClaimAsync(Intent intent, ClaimEnd end, CancellationToken cancellation) => intent.Note is { } claim
        ? claims.SettleAsync(claim, Operations.TransferOf(intent.OperationId), intent.Book, end, cancellation)
        : Task.CompletedTask;
}
