using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reversals;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reversals;

/// <summary>A reversal that was made.</summary>
/// <param name="Id">Its own transaction.</param>
/// <param name="Original">What it takes back.</param>
/// <param name="From">The wallet that gives the money back.</param>
/// <param name="To">The wallet that gets it; null where it leaves by the channel it came by.</param>
/// <param name="Amount">What goes back.</param>
/// <param name="Fee">The fee that goes back with it.</param>
/// <param name="At">When.</param>
internal sealed record Reversal(TransactionId Id, TransactionId Original, WalletId From, WalletId? To, Money Amount, Money Fee, DateTimeOffset At);

/// <summary>Takes committed transactions back on staff's word: by new entries, once, whoever asks and however often.</summary>
public sealed class ReversalDesk
{
    /// <summary>The channel whose money can go back without anybody else's doing.</summary>
    private const string Sandbox = "sandbox";

    private readonly Returns returns;
    private readonly Ledger ledger;
    private readonly AccountDirectory accounts;
    private readonly IdSource ids;

    internal ReversalDesk(Returns returns, Ledger ledger, AccountDirectory accounts, IdSource ids) =>
        (this.returns, this.ledger, this.accounts, this.ids) = (returns, ledger, accounts, ids);

    /// <summary>Takes a transaction back.</summary>
    /// <param name="book">One of its wallets; null: the books are searched for it, which takes the longer the more of them there are.</param>
    /// <param name="id">The transaction.</param>
    /// <param name="reason">Both sides read it.</param>
    /// <param name="request">Names the request; a repeat of it finds its own reversal.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    internal async Task<Result<Reversal>> ReverseAsync(WalletId? book, TransactionId id, string reason, string request, CancellationToken cancellation)
    {
        if ((book ?? await ledger.FindBookAsync(id.Value, cancellation)) is not { } wallet)
        {
            return PlatformErrors.NotFound;
        }

        if (await returns.FindAsync(wallet, id.Value, cancellation) is { } move)
        {
            return move.Purpose is TransferPurpose.Transfer or TransferPurpose.Payment or TransferPurpose.Collection or TransferPurpose.Bill
                ? await ReverseAsync(move, reason, request, cancellation)
                : ReversalErrors.NotReversible;
        }

        return await ledger.FindEntryAsync(wallet, id.Value, cancellation) switch
        {
            null => PlatformErrors.NotFound,
            { Kind: EntryKind.TopUp, Party.Name: Sandbox } topUp => await ReverseAsync(topUp, reason, request, cancellation),

            // A card's money goes back through its acquirer, a withdrawal's through the bank; holds end by themselves.
            _ => ReversalErrors.NotReversible,
        };
    }

    private async Task<Result<Reversal>> ReverseAsync(SentMove move, string reason, string request, CancellationToken cancellation)
    {
        await returns.ArriveAsync(move, cancellation);
        var payee = move.Payee.Wallet!.Value;
        var (gives, gets) = (await accounts.FindByWalletAsync(payee, cancellation), await accounts.FindByWalletAsync(move.Payer, cancellation));
        var order = Returns.Order(
            move, ids.New<TransactionId>().Value, TransferPurpose.Reversal, SpendTerms.ByStaff(OperationKind.Transfer),
            gives?.MaskedName ?? move.Payee.Name, gets?.MaskedName, reason, request);
        return await returns.SendAsync(order, cancellation) switch
        {
            Outcome.Committed { Entry: { } entry } => Made(move, order.OperationId, entry),
            Outcome.Replayed or Outcome.Refused { Error.Code: "already_reversed" } => await FindOwnAsync(move, request, cancellation),
            Outcome.Refused { Error.Code: "insufficient_funds" } => ReversalErrors.PayeeShortOfMoney,
            Outcome.Refused refused => refused.Error,
            Outcome.Busy => LedgerErrors.ClaimBusy,
            Outcome.Swept => PlatformErrors.ServiceUnavailable,
            var other => throw new InvalidOperationException($"A reversal ended as {other.GetType().Name}."),
        };
    }

    /// <summary>Somebody was first; perhaps this very request, whose answer was lost.</summary>
    private async Task<Result<Reversal>> FindOwnAsync(SentMove move, string request, CancellationToken cancellation)
    {
        var payee = move.Payee.Wallet!.Value;
        return await returns.FindLinkAsync(payee, move.OperationId, cancellation) is { } link && link.MadeBy == request
            && await ledger.FindEntryAsync(payee, link.Other, cancellation) is { } entry
            ? Made(move, link.Other, entry)
            : ReversalErrors.AlreadyReversed;
    }

    /// <summary>Sandbox money goes back where it came from: one book, one entry.</summary>
    private async Task<Result<Reversal>> ReverseAsync(Entry topUp, string reason, string request, CancellationToken cancellation)
    {
        var (original, operation) = (topUp.Operation, topUp.Operation + ":reversal");
        var amount = Money.Fen(topUp.Moved(BookAccount.TopUpClearing));
        Reversal MadeAt(DateTimeOffset at) =>
            new(Operations.TransactionOf(operation), Operations.TransactionOf(original), topUp.Wallet, null, amount, Money.Zero(amount.Currency), at);

        // The key keeps a refusal out of the operation's row: short of money today, the customer may have it tomorrow.
        var outcome = await ledger.ExecuteAsync(
            topUp.Wallet,
            new BookCommand(operation, new BookMove.ReverseTopUp(amount, Sandbox, reason))
            {
                Key = new RequestKey(BookKeys.RequestKey("reversal", request), ""),
                Answer = _ => StoredAnswer.NoContent(),
                Refusal = error => new StoredAnswer(ErrorStatus.Of(error.Kind), error.Code),
                Companions = _ => LinkRow.Both(original, operation, TransferPurpose.Reversal, request),
            },
            cancellation);
        switch (outcome)
        {
            case Outcome.Committed { Entry: { } entry }:
                return MadeAt(entry.At);
            case Outcome.Refused { Error.Code: "insufficient_funds" } or Outcome.Replayed { Answer.Body: "insufficient_funds" }:
                return ReversalErrors.PayeeShortOfMoney;
            case Outcome.Refused refused:
                return refused.Error;
            default:
                return await returns.FindLinkAsync(topUp.Wallet, original, cancellation) is { } link && link.MadeBy == request
                    && await ledger.FindEntryAsync(topUp.Wallet, operation, cancellation) is { } made
                    ? MadeAt(made.At)
                    : ReversalErrors.AlreadyReversed;
        }
    }

    private static Reversal Made(SentMove move, string operation, Entry entry) =>
        new(Operations.TransactionOf(operation), Operations.TransactionOf(move.OperationId), move.Payee.Wallet!.Value, move.Payer, move.Amount, move.Fee, entry.At);
}
