using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Refunds;

/// <summary>What agents see of a refund: one conversation from its first day, with the payment beside it, to which each step is added.</summary>
internal sealed class RefundCase(IInbox inbox)
{
    /// <summary>Opens the conversation; a second time it is the same one.</summary>
    public async Task<ConversationId> OpenAsync(Refund refund, CancellationToken cancellationToken)
    {
        var reason = RefundWords.Of(refund.Reason);
        var by = refund.AskedBy is { } agent ? new Text($"由客服 {agent} 代为申请。", $"Asked for by {agent} on the customer's behalf. ") : new("", "");
        var command = new OpenConversation(
            OccasionOf(refund),
            refund.RequestedAt,
            new($"退款申请 {refund.Amount}（{refund.MerchantName}）", $"Refund of {refund.Amount} ({refund.MerchantName})"),
            Priority.Normal,
            "refund",
            refund.AccountId,
            new(
                $"客户申请退款 {refund.Amount}，付款 {refund.PaymentId}，订单 {refund.OrderId}，原因：{reason.Zh}。{by.Zh}{refund.Description} 退款编号 {refund.Id}。",
                $"A refund of {refund.Amount} is wanted of payment {refund.PaymentId}, order {refund.OrderId}: {reason.En}. {by.En}{refund.Description} Refund {refund.Id}."))
        {
            // The merchant is asked first.
            Turn = MatterTurn.Theirs,
            SubjectId = refund.Id.Value,
        };
        return await inbox.OpenAsync(command, cancellationToken);
    }

    /// <summary>Adds a line of the timeline; a second time it is the same one.</summary>
    public async Task TellAsync(Refund refund, int number, RefundPolicy policy, CancellationToken cancellationToken)
    {
        // What is told first is how the conversation begins.
        if (refund.ConversationId is not { } conversation || number == 0)
        {
            return;
        }

        var line = refund.Timeline[number];
        var given = refund.Evidence.FirstOrDefault(round => line.Event is RefundEvent.GiveEvidence or RefundEvent.Appeal && round.GivenAt == line.At);
        var (text, files) = (given?.Text, given?.FileIds.Count ?? 0);
        var words = new Text(
            line.Words.Zh + (text is null ? "" : $"客户说明：{text}") + (files == 0 ? "" : $"（{files} 个文件）"),
            line.Words.En + (text is null ? "" : $" The customer writes: {text}") + (files == 0 ? "" : files == 1 ? " (1 file)" : $" ({files} files)"));
        var priority = line.Event switch
        {
            RefundEvent.Escalate or RefundEvent.TellSupport => Priority.High,
            RefundEvent.RunShort when refund.IsStuck => Priority.High,
            _ => Priority.Low,
        };
        await inbox.AppendEventAsync(conversation, $"{refund.Id}:{number}", words, priority, TurnOf(refund, line, policy), cancellationToken);
    }

    /// <summary>Tells the end of one that names no conversation: who opened it perhaps found it ended, or died, before the refund could name it.</summary>
    public Task TellEndAsync(Refund refund, CancellationToken cancellationToken) =>
        inbox.TellEndAsync(OccasionOf(refund), refund.RequestedAt, $"{refund.Id}:{refund.Timeline.Count - 1}", refund.Timeline[^1].Words, cancellationToken);

    private static string OccasionOf(Refund refund) => $"refund:{refund.Id}";

    /// <summary>Support has to act while it reviews, and when money does not come by waiting; then, and only then, something is due.</summary>
    private static MatterTurn TurnOf(Refund refund, RefundLine line, RefundPolicy policy) => line.Event switch
    {
        _ when line.EndsIt => MatterTurn.Nobodys,
        RefundEvent.Escalate => MatterTurn.Ours(line.At),
        _ when line.Status is RefundStatus.InReview or RefundStatus.Appealed || line.Event is RefundEvent.TellSupport || (line.Event is RefundEvent.RunShort && refund.IsStuck) =>
            MatterTurn.Ours(line.At.AddHours(policy.ReviewHours)),
        _ => MatterTurn.Theirs,
    };

    /// <summary>Tells support of a refund that reached a wallet which was closed by then; a second time it is the same conversation.</summary>
    /// <param name="now">The business clock; what it is due by counts from the first time.</param>
    public async Task TellSuspenseAsync(Refund refund, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await inbox.OpenAsync(
            new OpenConversation(
                $"refund-suspense:{refund.Id}",
                refund.RequestedAt,
                new("退款到账时钱包已注销", "A refund to a wallet that was closed"),
                Priority.High,
                "refund",
                refund.AccountId,
                new(
                    $"退款 {refund.Id}（{refund.Amount}）已由商户付出，但客户钱包已注销，资金记入待处理账户，请联系客户退回。",
                    $"The merchant has paid refund {refund.Id} ({refund.Amount}), but the customer's wallet was closed by then. The money stands in suspense and must reach the customer another way."))
            {
                Turn = MatterTurn.Ours(ServiceLevel.AnswerDue(Priority.High, now)),
                SubjectId = refund.Id.Value,
            },
            cancellationToken);
    }
}
