using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>A withdrawal as its owner sees it.</summary>
internal sealed record WithdrawalView(
    WithdrawalId WithdrawalId,
    string Status,
    bool Overdue,
    Money Amount,
    Money Fee,
    PayoutCard BankCard,
    DateTimeOffset CreatedAt,
    DateTimeOffset PromisedBy,
    IReadOnlyList<TimelineView> Timeline,
    ConversationId? ConversationId)
{
    public static WithdrawalView Of(Withdrawal withdrawal, Language language) => new(
        withdrawal.Id,
        withdrawal.Status.Name(),
        withdrawal.Overdue,
        withdrawal.Amount,
        withdrawal.Fee,
        withdrawal.Card,
        withdrawal.RequestedAt,
        withdrawal.PromisedBy,
        [.. withdrawal.Timeline.Select(entry => new TimelineView(entry.At, entry.Status.Name(), entry.Words.In(language)))],
        withdrawal.ConversationId);
}

/// <summary>One line of the timeline, in the reader's language.</summary>
internal sealed record TimelineView(DateTimeOffset At, string Status, string Note);

/// <summary>The answer to a new withdrawal.</summary>
internal sealed record WithdrawalAccepted(WithdrawalId WithdrawalId, string Status, DateTimeOffset PromisedBy);

/// <summary>The body of a new withdrawal, for the API description.</summary>
internal sealed record WithdrawalRequest(BankCardId BankCardId, Money Amount, ConfirmForm? Confirm) : ISpendForm
{
    public static WithdrawalRequest Ask(JsonForm form) => new(form.RequiredIdSought<BankCardId>("bankCardId"), form.RequiredMoney("amount"), ConfirmForm.Ask(form));
}

/// <summary>The body of a bank's callback, for the API description.</summary>
internal sealed record BankCallbackBody(string PayoutId, string Outcome, string? Reason);
