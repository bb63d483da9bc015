using WalletFunctions.Domain;
using WalletFunctions.Domain.Recalls;

namespace WalletFunctions.Recalls;

/// <summary>A recall as either side sees it.</summary>
internal sealed record RecallView(
    RecallId RecallId,
    TransactionId TransactionId,
    RecallStatus Status,
    Money Amount,
    string? PayerName,
    string? PayeeName,
    string? Reason,
    DateTimeOffset AskedAt,
    DateTimeOffset AnswerBy,
    DateTimeOffset? DecidedAt,
    TransactionId? ReturnedBy,
    ConversationId? ConversationId)
{
    public static RecallView Of(Recall recall) => new(
        recall.Id,
        recall.Transfer,
        recall.Status,
        recall.Amount,
        recall.PayerName,
        recall.PayeeName,
        recall.Reason,
        recall.AskedAt,
        recall.AnswerBy,
        recall.DecidedAt,
        recall.ReturnedBy,
        recall.ConversationId);
}
