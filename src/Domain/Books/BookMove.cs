namespace WalletFunctions.Domain.Books;

/// <summary>Something that may happen to a book. A closed set: the nested records.</summary>
/// <remarks>Amounts are minor units in the currency named, above zero; a fee is zero or more and comes on top.
/// Fees, limits and risk are decided before a move is made or within <see cref="Decide"/>, on the head's counters.</remarks>
public abstract record BookMove
{
    private BookMove()
    {
    }

    /// <summary>The earliest time its entry may carry; a credit is not before its debit.</summary>
    internal virtual DateTimeOffset NotBefore => DateTimeOffset.MinValue;

    /// <summary>Decides over a head, at the entry's time. Pure.</summary>
    internal abstract Result<Decision> Decide(BookHead head, Step step);

    /// <summary>Money arrived through a top-up channel.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Channel">The channel's name, shown as the other side.</param>
    public sealed record CreditTopUp(Money Amount, string Channel) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Amount.Currency != head.Currency)
            {
                return LedgerErrors.CurrencyMismatch;
            }

            return head.Status switch
            {
                BookStatus.Active => step.Commit(EntryKind.TopUp, new Party(null, Channel), null,
                    new Posting(BookAccount.TopUpClearing, BookAccount.Available, Amount.Amount)),
                BookStatus.Frozen or BookStatus.Closed => LedgerErrors.WalletFrozen,
            };
        }
    }

    /// <summary>The payer's leg of a transfer: from available to in transit.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Fee">Zero or more.</param>
    /// <param name="Payee">The payee's wallet and masked name.</param>
    /// <param name="Note">What the payer wrote.</param>
    public sealed record DebitTransfer(Money Amount, long Fee, Party Payee, string? Note) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Payee.Wallet == head.Wallet)
            {
                return LedgerErrors.PayeeIsSelf;
            }

            return Spending(head, Amount, Fee) is { } refusal
                ? refusal
                : step.Commit(EntryKind.TransferOut, Payee, Note, WithFee(BookAccount.Available, BookAccount.InTransit, Amount.Amount, Fee));
        }
    }

    /// <summary>The payee's leg of a transfer. It never refuses: what cannot be taken goes into suspense.</summary>
    /// <param name="Amount">The debit's amount.</param>
    /// <param name="Payer">The payer's wallet and masked name.</param>
    /// <param name="Note">What the payer wrote.</param>
    /// <param name="DebitedAt">The time of the debit's entry.</param>
    public sealed record CreditTransfer(Money Amount, Party Payer, string? Note, DateTimeOffset DebitedAt) : BookMove
    {
        internal override DateTimeOffset NotBefore => DebitedAt;

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            var takes = head.Status != BookStatus.Closed && Amount.Currency == head.Currency;
            return step.Commit(EntryKind.TransferIn, Payer, Note,
                new Posting(BookAccount.InTransit, takes ? BookAccount.Available : BookAccount.Suspense, Amount.Amount));
        }
    }

    /// <summary>Sets money aside for a withdrawal.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Fee">Zero or more; held as well.</param>
    /// <param name="Beneficiary">What the customer calls the bank card: bank and last digits.</param>
    public sealed record PlaceHold(Money Amount, long Fee, string? Beneficiary) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Spending(head, Amount, Fee) is { } refusal)
            {
                return refusal;
            }

            var hold = new Hold(step.Operation, Amount.Amount, Fee, HoldState.Open);
            return step.Commit(EntryKind.Hold, new Party(null, Beneficiary), null, hold,
                new Posting(BookAccount.Available, BookAccount.Held, hold.Total));
        }
    }

    /// <summary>Held money has gone to the bank.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    public sealed record CaptureHold(Hold Hold) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Hold.State != HoldState.Open
            ? LedgerErrors.HoldNotOpen
            : step.Commit(EntryKind.Capture, null, null, Hold with { State = HoldState.Captured },
                WithFee(BookAccount.Held, BookAccount.PayoutClearing, Hold.Amount, Hold.Fee));
    }

    /// <summary>Held money is given back.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    /// <param name="Reason">Why: a stable code, shown as the transaction's <c>failureCode</c>.</param>
    public sealed record ReleaseHold(Hold Hold, string Reason) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Hold.State != HoldState.Open
            ? LedgerErrors.HoldNotOpen
            : step.Commit(EntryKind.Release, null, null, Hold with { State = HoldState.Released, Reason = Reason },
                new Posting(BookAccount.Held, BookAccount.Available, Hold.Total));
    }

    /// <summary>The bank has returned a settled payout. The fee, if there was one, is returned with it.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    /// <param name="Reason">Why: a stable code.</param>
    public sealed record ReturnPayout(Hold Hold, string Reason) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Hold.State != HoldState.Captured)
            {
                return LedgerErrors.HoldNotCaptured;
            }

            var to = head.Status == BookStatus.Closed ? BookAccount.Suspense : BookAccount.Available;
            return step.Commit(EntryKind.PayoutReturn, null, null, Hold with { State = HoldState.Returned, Reason = Reason },
                Hold.Fee == 0
                    ? [new Posting(BookAccount.PayoutClearing, to, Hold.Amount)]
                    : [new Posting(BookAccount.PayoutClearing, to, Hold.Amount), new Posting(BookAccount.Fees, to, Hold.Fee)]);
        }
    }

    /// <summary>Freezes, unfreezes or closes the book.</summary>
    /// <param name="Status">The status wanted.</param>
    public sealed record SetStatus(BookStatus Status) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(head with { Status = Status }, null);
    }

    /// <summary>No money moves; rows beside it (claims, companions) are written on the head's ETag.</summary>
    /// <param name="WhileOpen">Whether a closed book refuses it.</param>
    public sealed record Touch(bool WhileOpen = false) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => WhileOpen && head.Status == BookStatus.Closed
            ? LedgerErrors.WalletFrozen
            : new Decision(head, null);
    }

    /// <summary>A refusal decided elsewhere (an unknown payee, a channel that is off), to be stored like any other answer.</summary>
    /// <param name="Error">The refusal.</param>
    public sealed record Refuse(DomainError Error) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Error;
    }

    private static DomainError? Spending(BookHead head, Money amount, long fee)
    {
        if (head.Status != BookStatus.Active)
        {
            return LedgerErrors.WalletFrozen;
        }

        if (amount.Currency != head.Currency)
        {
            return LedgerErrors.CurrencyMismatch;
        }

        return amount.Amount + fee > head.Balances.Available ? LedgerErrors.InsufficientFunds : null;
    }

    private static Posting[] WithFee(BookAccount from, BookAccount to, long amount, long fee) => fee == 0
        ? [new Posting(from, to, amount)]
        : [new Posting(from, to, amount), new Posting(from, BookAccount.Fees, fee)];
}
