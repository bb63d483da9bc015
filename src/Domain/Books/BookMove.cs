using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Books;

/// <summary>Something that may happen to a book. A closed set: the nested records.</summary>
/// <remarks>Amounts are minor units in the currency named, above zero. Fees, limits, freezes and risk are decided within
/// <see cref="Decide"/>, over the head's counters, so that they stand on the same ETag as the money.</remarks>
public abstract partial record BookMove
{
    private BookMove()
    {
    }

    /// <summary>The earliest time its entry may carry; a credit is not before its debit.</summary>
    internal virtual DateTimeOffset NotBefore => DateTimeOffset.MinValue;

    /// <summary>Decides over a head, at the entry's time. Pure.</summary>
    internal abstract Result<Decision> Decide(BookHead head, Step step);

    /// <summary>What a spending decision looks at; null for a move that is not one.</summary>
    internal virtual SpendInputs? Inputs(BookHead head, DateTimeOffset at) => null;

    /// <summary>Money arrived through a top-up channel.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Channel">The channel's name, shown as the other side.</param>
    /// <param name="Terms">A customer's order, which may be refused. Null: the channel's word about money that has come; it is
    /// never refused, and a closed book keeps it in suspense.</param>
    public sealed record CreditTopUp(Money Amount, string Channel, SpendTerms? Terms = null) : BookMove
    {
        internal override SpendInputs? Inputs(BookHead head, DateTimeOffset at) => Terms is null ? null : InputsOf(head, at, Amount, Terms);

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Amount.Currency != head.Currency)
            {
                return LedgerErrors.CurrencyMismatch;
            }

            var to = head.IsClosed ? BookAccount.Suspense : BookAccount.Available;
            if (Terms is not null)
            {
                if (Spending.Decide(Inputs(head, step.At)!).Code is { } code)
                {
                    return LedgerErrors.Find(code);
                }

                step = step.Counting(CountedOf(Terms, Amount.Amount, default, step.At));
            }

            return step.Commit(EntryKind.TopUp, new Party(null, Channel), null, new Posting(BookAccount.TopUpClearing, to, Amount.Amount));
        }
    }

    /// <summary>A top-up is about to be asked of its channel: limits are decided and counted now, since the money, once it has come, cannot be refused.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Terms">The customer's.</param>
    public sealed record ReserveTopUp(Money Amount, SpendTerms Terms) : BookMove
    {
        internal override SpendInputs Inputs(BookHead head, DateTimeOffset at) => InputsOf(head, at, Amount, Terms);

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            if (Spending.Decide(Inputs(head, step.At)).Code is { } code)
            {
                return LedgerErrors.Find(code);
            }

            var counted = CountedOf(Terms, Amount.Amount, default, step.At);
            return new Decision(step.Counting(counted).Head, null) { Counted = counted };
        }
    }

    /// <summary>A top-up that was reserved did not come: what it counted is given back.</summary>
    /// <param name="Counted">As <see cref="Decision.Counted"/> of <see cref="ReserveTopUp"/> said; null where nothing was counted.</param>
    public sealed record ForgetTopUp(Counted? Counted) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => new Decision(step.Uncounting(Counted).Head, null);
    }

    /// <summary>A top-up goes back the way it came.</summary>
    /// <param name="Amount">Positive; no more than is available.</param>
    /// <param name="Channel">The channel's name.</param>
    /// <param name="Note">Why, in words.</param>
    public sealed record ReverseTopUp(Money Amount, string Channel, string? Note) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Amount.Currency != head.Currency
            ? LedgerErrors.CurrencyMismatch
            : Amount.Amount > head.Balances.Available
                ? LedgerErrors.InsufficientFunds
                : step.Commit(EntryKind.TopUpReversal, new Party(null, Channel), Note, new Posting(BookAccount.Available, BookAccount.TopUpClearing, Amount.Amount));
    }

    /// <summary>The payer's leg of a transfer: from available to in transit, or, where a person must look first, into a hold.</summary>
    /// <param name="Amount">Positive.</param>
    /// <param name="Payee">The payee's wallet and masked name.</param>
    /// <param name="Note">What the payer wrote.</param>
    /// <param name="Purpose">Why.</param>
    /// <param name="Terms">The payer's.</param>
    public sealed record DebitTransfer(Money Amount, Party Payee, string? Note, TransferPurpose Purpose, SpendTerms Terms) : BookMove
    {
        internal override SpendInputs Inputs(BookHead head, DateTimeOffset at) => InputsOf(head, at, Amount, Terms) with
        {
            IsSelf = Payee.Wallet == head.Wallet,
            IsNewPayee = Terms.Counts && !(Payee.Wallet is { } wallet && head.Usage.Payees.Has(wallet.Value)),
        };

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            var verdict = Spending.Decide(Inputs(head, step.At));
            if (verdict.Code is { } code)
            {
                return LedgerErrors.Find(code);
            }

            var counted = CountedOf(Terms, Amount.Amount, verdict.Fee, step.At);
            if (verdict.UnderReview)
            {
                var hold = new Hold(step.Operation, Amount.Amount, verdict.Fee.Amount, HoldState.Open) { Counted = counted, ExpiresAt = step.At + Spending.ReviewTime };
                return step.Counting(counted).Commit(EntryKinds.Held(Purpose), Payee, Note, hold, new Posting(BookAccount.Available, BookAccount.Held, hold.Total)) with
                {
                    UnderReview = true,
                    Fired = verdict.Risk.Fired,
                    Fee = verdict.Fee,
                    Counted = counted,
                };
            }

            return step.Counting(counted).Meeting(counted is null ? null : Payee.Wallet?.Value, Terms)
                .Commit(EntryKinds.Out(Purpose), Payee, Note, WithFee(BookAccount.Available, BookAccount.InTransit, Amount.Amount, verdict.Fee.Amount)) with
            {
                Fee = verdict.Fee,
                Counted = counted,
            };
        }
    }

    /// <summary>The payee's leg of a transfer. It never refuses: what cannot be taken goes into suspense.</summary>
    /// <param name="Amount">The debit's amount.</param>
    /// <param name="Payer">The payer's wallet and masked name.</param>
    /// <param name="Note">What the payer wrote.</param>
    /// <param name="DebitedAt">The time of the debit's entry.</param>
    /// <param name="Purpose">The debit's.</param>
    /// <param name="FeeReturned">The fee of what is taken back, which this book had paid; zero or more.</param>
    public sealed record CreditTransfer(
        Money Amount, Party Payer, string? Note, DateTimeOffset DebitedAt, TransferPurpose Purpose = TransferPurpose.Transfer, long FeeReturned = 0) : BookMove
    {
        internal override DateTimeOffset NotBefore => DebitedAt;

        internal override Result<Decision> Decide(BookHead head, Step step)
        {
            var to = !head.IsClosed && Amount.Currency == head.Currency ? BookAccount.Available : BookAccount.Suspense;
            var arrived = new Posting(BookAccount.InTransit, to, Amount.Amount);
            return step.Commit(EntryKinds.In(Purpose), Payer, Note, FeeReturned == 0 ? [arrived] : [arrived, new Posting(BookAccount.Fees, to, FeeReturned)]);
        }
    }

    /// <summary>No money moves; rows beside it (claims, companions) are written on the head's ETag.</summary>
    /// <param name="WhileOpen">Whether a closed book refuses it.</param>
    public sealed record Touch(bool WhileOpen = false) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => WhileOpen && head.IsClosed
            ? LedgerErrors.WalletFrozen
            : new Decision(head, null);
    }

    /// <summary>A refusal decided elsewhere (an unknown payee, a channel that is off), to be stored like any other answer.</summary>
    /// <param name="Error">The refusal.</param>
    /// <param name="Amount">What would have moved, where that is known.</param>
    /// <param name="Terms">On what terms, where they are known.</param>
    public sealed record Refuse(DomainError Error, Money? Amount = null, SpendTerms? Terms = null) : BookMove
    {
        internal override SpendInputs? Inputs(BookHead head, DateTimeOffset at) =>
            Amount is { } amount && Terms is { } terms ? InputsOf(head, at, amount, terms) with { Edge = Error.Code } : null;

        internal override Result<Decision> Decide(BookHead head, Step step) => Error;
    }

    private static SpendInputs InputsOf(BookHead head, DateTimeOffset at, Money amount, SpendTerms terms) => new()
    {
        Operation = terms.Operation,
        Class = head.Class,
        Amount = amount.Amount,
        Currency = amount.Currency.Code,
        BookCurrency = head.Currency.Code,
        At = at,
        Available = head.Balances.Available,
        IsClosed = head.IsClosed,
        Freezes = terms.PassesFreezes ? Freezes.None : head.Freezes,
        Usage = head.Usage,
        Own = terms.Counts ? head.Own : OwnLimits.None,
        IsNewDevice = terms.Counts && !head.Usage.Devices.IsEmpty && !head.Usage.Devices.Has(terms.Device ?? ""),
        Confirmed = terms.Confirmed,
        Rules = terms.Rules.At(at).For(terms.Operation),
    };

    private static Counted? CountedOf(SpendTerms terms, long amount, Fees.Fee fee, DateTimeOffset at) => terms.Counts
        ? new Counted(terms.Operation, amount, Calendar.Shanghai.DayOf(at).DayNumber,
            terms.Operation != OperationKind.TopUp && terms.Confirmed == Risk.Confirmation.None, fee.FreeMonthly, fee.FreeEver)
        : null;

    private static Posting[] WithFee(BookAccount from, BookAccount to, long amount, long fee) => fee == 0
        ? [new Posting(from, to, amount)]
        : [new Posting(from, to, amount), new Posting(from, BookAccount.Fees, fee)];
}
