using System.Globalization;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Reviews;

namespace WalletFunctions.Refunds;

/// <summary>The place of refunds in the one queue of reviews: each time that support looks at one is a review of its own.</summary>
internal sealed class RefundQueue(ReviewBoard board)
{
    /// <summary>Opens or closes a review where a line of the timeline begins or ends one.</summary>
    public async Task FollowAsync(Refund refund, int number, RefundPolicy policy, CancellationToken cancellationToken)
    {
        var line = refund.Timeline[number];
        if (line.From == line.Status)
        {
            return;
        }

        if (IsReviewed(line.From) && OpenedBefore(refund, number) is { } opened)
        {
            var (outcome, by) = line.Event switch
            {
                RefundEvent.SupportApprove => (ReviewOutcome.Approved, refund.DecidedBy),
                RefundEvent.SupportDeny => (ReviewOutcome.Denied, refund.DecidedBy),
                RefundEvent.SupportAsk => (ReviewOutcome.Asked, refund.DecidedBy),
                RefundEvent.MerchantApprove => (ReviewOutcome.Approved, (AccountId?)refund.Merchant),
                _ => (ReviewOutcome.Withdrawn, null),
            };
            await board.CloseAsync(IdOf(refund, opened), outcome, by?.Value, line.Reason, cancellationToken);
        }

        if (IsReviewed(line.Status))
        {
            await board.OpenAsync(RecordOf(refund, number, policy), cancellationToken);
        }
    }

    private static bool IsReviewed(RefundStatus status) => status is RefundStatus.InReview or RefundStatus.Appealed;

    private static int? OpenedBefore(Refund refund, int number)
    {
        for (var i = number - 1; i > 0; i--)
        {
            if (IsReviewed(refund.Timeline[i].Status) && refund.Timeline[i].From != refund.Timeline[i].Status)
            {
                return i;
            }
        }

        return null;
    }

    private static ReviewId IdOf(Refund refund, int number) => Id.From<ReviewId>(
        refund.Timeline[number].At, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{refund.Id}:{number}")));

    private static ReviewRecord RecordOf(Refund refund, int number, RefundPolicy policy)
    {
        var line = refund.Timeline[number];
        return new ReviewRecord
        {
            PartitionKey = IdOf(refund, number).Value,
            Kind = RefundReviews.Name,
            Operation = refund.Id.Value,
            Payer = refund.Payer.Value,
            PayerAccount = refund.AccountId.Value,
            PayerName = refund.PayerName,
            Payee = refund.Payee.Value,
            PayeeName = refund.MerchantName,
            Amount = refund.Amount.Amount,
            Note = refund.Description,
            Rules = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(line.Event.ToString()),
            CreatedAt = line.At,
            ExpiresAt = line.At.AddHours(policy.ReviewHours),
            Conversation = refund.ConversationId?.Value ?? throw new InvalidOperationException($"Refund {refund.Id} is reviewed without a conversation."),
        };
    }
}
