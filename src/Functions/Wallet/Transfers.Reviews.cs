using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <content>Transfers that a person looks at: held at the request, then approved and sent on, or given back.</content>
public sealed partial class Transfers
{
    /// <summary>Why a hold was given back: a person said no.</summary>
    internal const string Denied = "review_denied";

    /// <summary>Why a hold was given back: nobody decided in time.</summary>
    internal const string Expired = "review_expired";

    /// <summary>The transfer of a review; null when there is none.</summary>
    internal Task<ReviewRow?> FindReviewAsync(WalletId payer, string operationId, CancellationToken cancellation) =>
        ledger.Store.FindAsync<ReviewRow>(BookKeys.Partition(payer), BookKeys.Review(operationId), cancellation);

    /// <summary>Sends a transfer on that was held for review: once, however often it is said, and whatever is killed meanwhile.</summary>
    /// <returns>Committed or replayed: the payee has the money. Refused with <c>hold_not_open</c>: it was given back before.</returns>
    /// <exception cref="LedgerUnavailableException">Storage did not let it come to an end in time; say it again, or leave it to the sweep.</exception>
    internal async Task<Outcome> ApproveAsync(WalletId payer, string operationId, CancellationToken cancellation)
    {
        var review = await ReviewAsync(payer, operationId, cancellation);
        var payee = new WalletId(review.Payee);
        var approval = Operations.ApprovalOf(operationId);
        var intent = await intents.AddAsync(
            new Intent(IntentKind, approval, payer) { Note = review.Claim is null ? null : Claims.Note(payee, new Claim(review.Claim)) }, cancellation);
        var command = new BookCommand(approval, hold => new BookMove.CaptureToTransfer(
            hold ?? throw new InvalidDataException($"There is no hold {operationId}."), new Party(payee, review.PayeeName), review.Note, review.Why))
        {
            HoldId = operationId,
            Passing = error => error.Code == LedgerErrors.AccountFrozen.Code || error.Code == LedgerErrors.WalletFrozen.Code,
            Outbox = new Outbox(payee, review.PayerName, review.Memo),
        };
        var outcome = await ledger.ExecuteAsync(payer, command, CancellationToken.None);
        if (await CompleteAsync(payer, approval, CancellationToken.None))
        {
            await SettleClaimAsync(intent, ClaimEnd.Kept, cancellation);
        }

        intents.Clear(intent);
        return outcome;
    }

    /// <summary>Gives the money of a transfer back that was held for review, with what it counted; nothing is charged.</summary>
    /// <param name="payer">Whose book.</param>
    /// <param name="operationId">The transfer.</param>
    /// <param name="reason">A stable code, shown as <c>failureCode</c>: <see cref="Denied"/> or <see cref="Expired"/>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>Committed or replayed: it is given back. Refused with <c>hold_not_open</c>: it was approved before.</returns>
    internal async Task<Outcome> DenyAsync(WalletId payer, string operationId, string reason, CancellationToken cancellation)
    {
        var review = await ReviewAsync(payer, operationId, cancellation);
        var outcome = await ledger.ExecuteAsync(payer, BookCommand.ReleaseHold(operationId + ":release", operationId, reason), cancellation);
        if (outcome is not Outcome.Refused && review.Claim is { } claim)
        {
            await claims.SettleAsync(Claims.Note(new WalletId(review.Payee), new Claim(claim)), operationId, payer, ClaimEnd.Refused, cancellation);
        }

        return outcome;
    }

    private async Task<ReviewRow> ReviewAsync(WalletId payer, string operationId, CancellationToken cancellation) =>
        await FindReviewAsync(payer, operationId, cancellation) ?? throw new InvalidDataException($"Transfer {operationId} is not under review.");

    /// <summary>Puts a review into its queue; the intent sees to it if that fails.</summary>
    private async Task QueueAsync(WalletId payer, string operationId, CancellationToken cancellation)
    {
        var intent = await intents.AddAsync(new Intent(ReviewSweeper.IntentKind, operationId, payer), cancellation);
        try
        {
            await reviews.AddAsync(await ReviewAsync(payer, operationId, cancellation), cancellation);
            intents.Clear(intent);
        }
        catch (Exception)
        {
            // The money is held and the answer stored: whoever asked is told so. The sweep fills the queue.
        }
    }

    /// <summary>An approval that was begun: made, it is brought to its end; not made, it is waited for, since the person will say it again or the hold expires.</summary>
    private async Task<bool> SweepApprovalAsync(Intent intent, CancellationToken cancellation)
    {
        var operationId = Operations.TransferOf(intent.OperationId);
        if (await CompleteAsync(intent.Book, intent.OperationId, cancellation))
        {
            await SettleClaimAsync(intent, ClaimEnd.Kept, cancellation);
            return true;
        }

        return await ledger.Store.FindHoldAsync(BookKeys.Partition(intent.Book), operationId, cancellation) is not { State: (int)HoldState.Open };
    }

    private static ReviewRow ReviewOf(TransferOrder order, Decision decision) => new()
    {
        RowKey = BookKeys.Review(order.OperationId),
        Operation = order.OperationId,
        At = decision.Entry!.At,
        ExpiresAt = decision.Hold!.ExpiresAt!.Value,
        Purpose = (int)order.Purpose,
        Amount = decision.Hold.Amount,
        Fee = decision.Hold.Fee,
        Rules = string.Join(',', decision.Fired),
        Payee = order.Payee.Value,
        PayeeName = order.PayeeName,
        PayerName = order.PayerName,
        Note = order.Note,
        Memo = order.Memo,
        Claim = order.Claim?.Name,
    };
}

/// <summary>Fills the queue of reviews where the request itself could not.</summary>
internal sealed class ReviewSweeper(Transfers transfers, IReviewQueue reviews) : IIntentSweeper
{
    public const string IntentKind = "review";

    public string Kind => IntentKind;

    public async Task<bool> SweepAsync(Intent intent, CancellationToken cancellation)
    {
        if (await transfers.FindReviewAsync(intent.Book, intent.OperationId, cancellation) is { } review)
        {
            await reviews.AddAsync(review, cancellation);
        }

        return true;
    }
}
