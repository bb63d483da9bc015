namespace WalletFunctions.Domain.Books;

/// <content>Holds: money set aside, and how it ends.</content>
public abstract partial record BookMove
{
    /// <summary>Sets money aside for a withdrawal.</summary>
    /// <param name="Amount">Positive. Its fee is held as well.</param>
    /// <param name="Beneficiary">What the customer calls the bank card: bank and last digits.</param>
    /// <param name="Terms">The customer's.</param>
    /// <param name="Card">The bank card's id, which is remembered as payees are; null where there is none yet.</param>
    public sealed record PlaceHold(Money Amount, string? Beneficiary, SpendTerms Terms, string? Card = null) : BookMove
    {
        internal override SpendInputs Inputs(BookHead head, DateTimeOffset at) => InputsOf(head, at, Amount, Terms) with
        {
            IsNewPayee = Terms.Counts && Card is not null && !head.Usage.Payees.Has(Card),
        };

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            var verdict = Spending.Decide(Inputs(head, step.At));
            if (verdict.Code is { } code)
            {
                return LedgerErrors.Find(code);
            }

            var counted = CountedOf(Terms, Amount.Amount, verdict.Fee, step.At);
            var hold = new Hold(step.Operation, Amount.Amount, verdict.Fee.Amount, HoldState.Open) { Counted = counted };
            var counting = step.Counting(counted);

            // Card and device are known once the money may leave.
            return (verdict.UnderReview || counted is null ? counting : counting.Meeting(Card, Terms))
                .Commit(EntryKind.Hold, new Party(null, Beneficiary), null, hold, new Posting(BookAccount.Available, BookAccount.Held, hold.Total)) with
            {
                UnderReview = verdict.UnderReview,
                Fired = verdict.Risk.Fired,
                Fee = verdict.Fee,
                Counted = counted,
            };
        }
    }

    /// <summary>Held money may go to the bank: a person has looked at it. It stays held; no money moves.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    /// <param name="Card">The bank card, known from now on.</param>
    public sealed record ApproveHold(Hold Hold, string Card) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Hold.State != HoldState.Open
            ? LedgerErrors.HoldNotOpen
            : head.Freezes.Refusal() is { } frozen
                ? frozen
                : new Decision(step.Meeting(Hold.Counted is null ? null : Card, null).Head, null);
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

    /// <summary>A transfer that was held for a person's decision is approved: held money goes in transit, and the fee is taken.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    /// <param name="Payee">The payee's wallet and masked name.</param>
    /// <param name="Note">What the payer wrote.</param>
    /// <param name="Purpose">Why.</param>
    public sealed record CaptureToTransfer(Hold Hold, Party Payee, string? Note, TransferPurpose Purpose) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Refusal(head) is { } refusal
            ? refusal
            : step.Meeting(Hold.Counted is null ? null : Payee.Wallet?.Value, null)
                .Commit(EntryKinds.Approved(Purpose), Payee, Note, Hold with { State = HoldState.Captured },
                    WithFee(BookAccount.Held, BookAccount.InTransit, Hold.Amount, Hold.Fee));

        // A frozen book sends nothing: who froze it must be sure of that. The money stays held until it is unfrozen or given back.
        private DomainError? Refusal(BookHead head) => Hold.State != HoldState.Open ? LedgerErrors.HoldNotOpen : head.Freezes.Refusal();
    }

    /// <summary>Held money is given back, and with it what the hold counted; a closed book keeps it in suspense.</summary>
    /// <param name="Hold">The hold as it is stored.</param>
    /// <param name="Reason">Why: a stable code, shown as the transaction's <c>failureCode</c>.</param>
    public sealed record ReleaseHold(Hold Hold, string Reason) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Hold.State != HoldState.Open
            ? LedgerErrors.HoldNotOpen
            : step.Uncounting(Hold.Counted).Commit(EntryKind.Release, null, null, Hold with { State = HoldState.Released, Reason = Reason },
                new Posting(BookAccount.Held, head.IsClosed ? BookAccount.Suspense : BookAccount.Available, Hold.Total));
    }

    /// <summary>The bank has returned a settled payout. The fee, if there was one, is returned with it, and what the hold counted.</summary>
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

            var to = head.IsClosed ? BookAccount.Suspense : BookAccount.Available;
            return step.Uncounting(Hold.Counted).Commit(EntryKind.PayoutReturn, null, null, Hold with { State = HoldState.Returned, Reason = Reason },
                Hold.Fee == 0
                    ? [new Posting(BookAccount.PayoutClearing, to, Hold.Amount)]
                    : [new Posting(BookAccount.PayoutClearing, to, Hold.Amount), new Posting(BookAccount.Fees, to, Hold.Fee)]);
        }
    }
}
