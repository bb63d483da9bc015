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
            var by = line.Event switch
            {
                RefundEvent.SupportApprove or RefundEvent.SupportDeny or RefundEvent.SupportAsk => refund.DecidedBy,
                RefundEvent.MerchantApprove => refund.Merchant,
                _ => null,
            };
            await board.CloseAsync(IdOf(refund, opened), OutcomeOf(line), by?.Value, line.Reason, cancellationToken);
        }

        if (IsReviewed(line.Status))
        {
            await board.OpenAsync(RecordOf(refund, number, policy), cancellationToken);
        }
    }

    /// <summary>How the review that was opened at a moment has ended; null while it has not.</summary>
    public static ReviewOutcome? EndOf(Refund refund, DateTimeOffset openedAt) =>
        refund.Timeline.FirstOrDefault(line => line.At >= openedAt && IsReviewed(line.From) && line.From != line.Status) is { } line ? OutcomeOf(line) : null;

    private static ReviewOutcome OutcomeOf(RefundLine line) => line.Event switch
    {
        RefundEvent.SupportApprove or RefundEvent.MerchantApprove => ReviewOutcome.Approved,
        RefundEvent.SupportDeny => ReviewOutcome.Denied,
        RefundEvent.SupportAsk => ReviewOutcome.Asked,
        _ => ReviewOutcome.Withdrawn,
    };

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
