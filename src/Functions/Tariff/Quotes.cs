using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals;

namespace WalletFunctions.Tariff;

/// <summary>What somebody wants to know of a move.</summary>
/// <param name="To">Null: to somebody never paid before.</param>
internal sealed record QuoteQuestion(OperationKind Kind, Money Amount, QuoteTarget? To);

/// <summary>Exactly one of both.</summary>
internal sealed record QuoteTarget(PhoneNumber? Phone, WalletId? WalletId);

/// <summary>What a move would be at this moment. It is no promise: another move may come first.</summary>
/// <param name="Total">Amount and fee.</param>
/// <param name="PromisedBy">By when it would have arrived: now, or, where a bank has to act, the end of the promised day. Left out where that is not known.</param>
/// <param name="ConfirmationNeeded">Whether it would have to be confirmed.</param>
/// <param name="WouldBe"><c>allowed</c>, <c>under_review</c>, or the code it would be refused with.</param>
/// <param name="Detail">The refusal in words, in the caller's language.</param>
/// <param name="Limits">What is left before it.</param>
internal sealed record QuoteAnswer(
    string Kind, Money Amount, Money Fee, Money Total, DateTimeOffset? PromisedBy, bool ConfirmationNeeded, string WouldBe, string? Detail, LimitsAnswer Limits);

/// <summary>Asks the very decision that a move would be decided by, over the book as it is, and stores nothing.</summary>
public sealed class Quotes
{
    private readonly Ledger ledger;
    private readonly RecentAccounts accounts;
    private readonly PayeeResolver payees;
    private readonly SpendDesk desk;
    private readonly ArrivalPromises promises;
    private readonly TimeProvider clock;

    internal Quotes(Ledger ledger, RecentAccounts accounts, PayeeResolver payees, SpendDesk desk, ArrivalPromises promises, TimeProvider clock) =>
        (this.ledger, this.accounts, this.payees, this.desk, this.promises, this.clock) = (ledger, accounts, payees, desk, promises, clock);

    internal async Task<QuoteAnswer> AnswerAsync(Caller caller, QuoteQuestion question, CancellationToken cancellationToken)
    {
        var account = await accounts.FindAsync(caller.Account, cancellationToken) ?? throw new InvalidOperationException("Whoever is signed in has an account.");
        var terms = await desk.TermsAsync(question.Kind, caller.DeviceId, Confirmation.None, cancellationToken);
        var payee = question.To is { } to ? await payees.FindAsync(to.Phone, to.WalletId, cancellationToken) : null;
        var head = (await ledger.ReadHeadAsync(caller.Wallet, cancellationToken)).Head;
        var now = clock.GetUtcNow();
        var promise = question.Kind == OperationKind.Withdrawal ? await promises.ForAsync(now, cancellationToken) : now;

        var verdict = Spending.Decide(Book.Inputs(head, Move(question, payee?.Value, terms), now)!);
        // What has frozen an account stands in its book, which says which code it is.
        var refusal = (account.Status is AccountStatus.Active or AccountStatus.Frozen ? null : LedgerErrors.AccountFrozen)
            ?? promise.Error
            ?? payee?.Error
            ?? (verdict.Code is { } code ? LedgerErrors.Find(code) : null);
        var fee = question.Amount with { Amount = verdict.Fee.Amount };
        return new QuoteAnswer(
            question.Kind.Name(),
            question.Amount,
            fee,
            question.Amount + fee,
            promise.IsOk ? promise.Value : null,
            refusal == LedgerErrors.ConfirmationRequired,
            refusal?.Code ?? (verdict.UnderReview ? "under_review" : "allowed"),
            refusal?.Detail.In(caller.Language),
            LimitsAnswer.Of(head, terms.Rules.At(now), now));
    }

    private static BookMove Move(QuoteQuestion question, Payee? payee, SpendTerms terms) => question.Kind switch
    {
        OperationKind.TopUp => new BookMove.CreditTopUp(question.Amount, "bank_card", terms),
        OperationKind.Withdrawal => new BookMove.PlaceHold(question.Amount, null, terms),
        OperationKind.Transfer => Debit(question, payee, terms, TransferPurpose.Transfer),
        OperationKind.Collection => Debit(question, payee, terms, TransferPurpose.Collection),
        OperationKind.Payment => Debit(question, payee, terms, TransferPurpose.Payment),
        OperationKind.Bill => Debit(question, payee, terms, TransferPurpose.Bill),
    };

    private static BookMove.DebitTransfer Debit(QuoteQuestion question, Payee? payee, SpendTerms terms, TransferPurpose purpose) =>
        new(question.Amount, new Party(payee?.Wallet, payee?.MaskedName), null, purpose, terms);
}
