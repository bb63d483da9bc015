using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.TopUps;

namespace WalletFunctions.TopUps;

/// <summary>A top-up as its owner sees it.</summary>
/// <param name="TopupId">Its id.</param>
/// <param name="Status">pending, succeeded or failed.</param>
/// <param name="Amount">What it brings.</param>
/// <param name="Channel">bank_card or sandbox.</param>
/// <param name="BankCard">The card that is charged.</param>
/// <param name="FailureCode">Why it failed.</param>
/// <param name="TransactionId">Its line among the transactions, once it has succeeded.</param>
/// <param name="BalanceAfter">Available then.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="EndedAt">When it succeeded or failed.</param>
/// <param name="PaysFor">The payment that the card was charged for.</param>
/// <param name="ConversationId">Where support looks after it: money that came too late, or an acquirer that does not say.</param>
/// <param name="PromisedBy">By when it should have an end; while it is pending.</param>
/// <param name="NextSteps">What can be done about a failure.</param>
internal sealed record TopUpView(
    TopUpId TopupId,
    TopUpStatus Status,
    Money Amount,
    string Channel,
    ChargedCard? BankCard,
    string? FailureCode,
    TransactionId? TransactionId,
    Money? BalanceAfter,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    string? PaysFor,
    ConversationId? ConversationId,
    DateTimeOffset? PromisedBy = null,
    IReadOnlyList<NextStep>? NextSteps = null)
{
    public static TopUpView Of(CardTopUp topUp) => new(
        topUp.Id,
        topUp.Status,
        topUp.Amount,
        "bank_card",
        topUp.Card,
        topUp.FailureCode,
        topUp.Status == TopUpStatus.Succeeded ? Operations.TransactionOf(topUp.Id.Value) : null,
        topUp.AvailableAfter is { } after ? new Money(after, topUp.Amount.Currency) : null,
        topUp.RequestedAt,
        topUp.EndedAt,
        topUp.PaysFor,
        topUp.ConversationId ?? topUp.LateConversationId,
        topUp.Status == TopUpStatus.Pending ? topUp.PromisedBy : null,
        topUp.FailureCode is { } code ? LedgerErrors.Known(code)?.NextSteps : null);

    /// <summary>A top-up through the sandbox's channel: its entry is all there is of it.</summary>
    public static TopUpView Of(Entry entry, TopUpId id) => new(
        id,
        TopUpStatus.Succeeded,
        Money.Fen(entry.Postings[0].Amount),
        entry.Party?.Name ?? "sandbox",
        null,
        null,
        Operations.TransactionOf(entry.Operation),
        Money.Fen(entry.AvailableAfter),
        entry.At,
        null,
        null,
        null);
}
