using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Notifications;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.TopUps;

/// <summary>Tells support and the owner of a top-up that the acquirer has been silent about for too long, and how it ended; each once.</summary>
internal sealed class LateReport(IInbox inbox, Notifier notifier)
{
    /// <summary>So long after an end it is known whether it was told; an acquirer that says it again later is told to nobody.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromDays(NoticeTable.KeyDays - 1);

    /// <summary>Opens the conversation about it, with priority; a second time it is the same one.</summary>
    public async Task<ConversationId> OpenAsync(CardTopUp topUp, CancellationToken cancellationToken)
    {
        var command = new OpenConversation(
            OccasionOf(topUp),
            topUp.PromisedBy,
            new("银行卡充值超时未有结果", "A top-up by bank card has had no result for too long"),
            Priority.High,
            "topup",
            topUp.AccountId,
            new(
                $"{topUp.Amount} 的银行卡（尾号 {topUp.Card.Last4}）充值提交后一小时仍无结果，收单机构没有答复。系统会继续查询；不会重复扣款。充值编号 {topUp.Id}。",
                $"The top-up of {topUp.Amount} from the card ending in {topUp.Card.Last4} has had no result for an hour: the acquirer does not say. It is asked on, and never charges twice. Top-up {topUp.Id}."))
        {
            Turn = MatterTurn.Ours(ServiceLevel.AnswerDue(Priority.High, topUp.PromisedBy)),
            SubjectId = topUp.Id.Value,
        };
        return await inbox.OpenAsync(command, cancellationToken);
    }

    /// <summary>Tells that it is late, or how it ended; a second time it is the same line, and the same notice.</summary>
    public async Task TellAsync(CardTopUp topUp, ConversationId conversation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (topUp.Status == TopUpStatus.Pending)
        {
            await NotifyAsync(topUp, "late", TopUpWords.LateTitle, TopUpWords.Late(topUp), cancellationToken);
        }
        else if (TopUpWords.End(topUp) is { } words && now - topUp.EndedAt < Known)
        {
            await inbox.AppendEventAsync(conversation, $"{topUp.Id}:{EndOf(topUp)}", words, Priority.Low, MatterTurn.Nobodys, cancellationToken);
            await NotifyAsync(topUp, EndOf(topUp), TopUpWords.EndTitle, words, cancellationToken);
        }
    }

    /// <summary>Tells support the end of one that names no conversation: whoever opened it perhaps died before the top-up could name it.</summary>
    public Task TellEndAsync(CardTopUp topUp, CancellationToken cancellationToken) => TopUpWords.End(topUp) is { } words
        ? inbox.TellEndAsync(OccasionOf(topUp), topUp.PromisedBy, $"{topUp.Id}:{EndOf(topUp)}", words, cancellationToken)
        : Task.CompletedTask;

    private static string OccasionOf(CardTopUp topUp) => $"topup-overdue:{topUp.Id}";

    private static string EndOf(CardTopUp topUp) => topUp.Status.ToString().ToLowerInvariant();

    private Task NotifyAsync(CardTopUp topUp, string occasion, Text title, Text body, CancellationToken cancellationToken) =>
        notifier.NotifyAsync(new Notice(topUp.AccountId, $"{topUp.Id}:{occasion}", NotificationTopic.Transfer, title, body, topUp.Id.Value), cancellationToken);
}
