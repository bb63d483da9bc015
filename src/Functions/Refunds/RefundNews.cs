using WalletFunctions.Domain;
using WalletFunctions.Domain.Notifications;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Notifications;

namespace WalletFunctions.Refunds;

/// <summary>Tells everybody concerned what has happened to a refund: the customer, the merchant, support and its queue of reviews, each once.</summary>
/// <remarks>The timeline is the outbox: its lines are stored with what they tell, and each is named by its number, whoever repeats it.</remarks>
internal sealed class RefundNews(RefundCase cases, RefundQueue queue, Notifier notifier, MerchantEvents merchants)
{
    public async Task TellAsync(Refund refund, RefundPolicy policy, CancellationToken cancellationToken)
    {
        for (var number = refund.Told; number < refund.Timeline.Count; number++)
        {
            var line = refund.Timeline[number];
            await cases.TellAsync(refund, number, policy, cancellationToken);
            await queue.FollowAsync(refund, number, policy, cancellationToken);
            if (line.Notifies)
            {
                var words = RefundWords.ToCustomer(refund, line, RefundTimers.Deadline(line, policy));
                await notifier.NotifyAsync(
                    new Notice(refund.AccountId, KeyOf(refund, line, number), NotificationTopic.Refund, RefundWords.CustomerTitle, words, refund.Id.Value), cancellationToken);
            }

            await TellMerchantAsync(refund, line, number, policy, cancellationToken);
        }
    }

    private async Task TellMerchantAsync(Refund refund, RefundLine line, int number, RefundPolicy policy, CancellationToken cancellationToken)
    {
        if (TypeOf(refund, line) is not { } type)
        {
            return;
        }

        var key = KeyOf(refund, line, number);
        var answerBy = line.Status == RefundStatus.WithMerchant ? AskedAt(refund, number).AddDays(policy.MerchantDays) : (DateTimeOffset?)null;
        await merchants.PublishAsync(
            refund.Merchant, key, type,
            new RefundNewsData(refund.Id, refund.PaymentId, refund.OrderId, refund.Amount, line.Status.Name(), refund.Reason, refund.Description, line.At, answerBy),
            cancellationToken);
        if (answerBy is { } until)
        {
            await NotifyMerchantAsync(refund, key, RefundWords.MerchantTitle, RefundWords.ToMerchant(refund, line.Event == RefundEvent.Remind, until, policy), cancellationToken);
        }
        else if (line.Event == RefundEvent.GiveEvidence)
        {
            await NotifyMerchantAsync(refund, key, RefundWords.EvidenceTitle, RefundWords.EvidenceToMerchant(refund), cancellationToken);
        }
    }

    private Task NotifyMerchantAsync(Refund refund, string key, Text title, Text words, CancellationToken cancellationToken) =>
        notifier.NotifyAsync(new Notice(refund.Merchant, key, NotificationTopic.Refund, title, words, refund.Id.Value), cancellationToken);

    private static string KeyOf(Refund refund, RefundLine line, int number) => $"{refund.Id}:{line.Status.Name()}:{number}";

    private static DateTimeOffset AskedAt(Refund refund, int number) =>
        refund.Timeline.Take(number + 1).Last(line => line.Event == RefundEvent.AskMerchant).At;

    private static string? TypeOf(Refund refund, RefundLine line) => line.Event switch
    {
        RefundEvent.AskMerchant => MerchantEventTypes.RefundRequested,
        RefundEvent.Remind => MerchantEventTypes.RefundReminder,
        RefundEvent.GiveEvidence => WasAskedByMerchant(refund, line) ? MerchantEventTypes.RefundEscalated : null,
        RefundEvent.MerchantSilent or RefundEvent.Appeal or RefundEvent.SkipMerchant => MerchantEventTypes.RefundEscalated,
        RefundEvent.SupportApprove or RefundEvent.SupportDeny or RefundEvent.SilenceApproves or RefundEvent.MerchantApprove or RefundEvent.MerchantDeny
            or RefundEvent.Withdraw or RefundEvent.EvidenceLate or RefundEvent.Terminate => MerchantEventTypes.RefundDecided,
        RefundEvent.RunShort => MerchantEventTypes.RefundAwaitingFunds,
        RefundEvent.Pay => MerchantEventTypes.RefundRefunded,
        RefundEvent.Request or RefundEvent.MerchantAsk or RefundEvent.SupportAsk or RefundEvent.Escalate
            or RefundEvent.StillShort or RefundEvent.TellSupport or RefundEvent.CloseAppeal => null,
    };

    /// <summary>Whether what came was the merchant's to wait for; what support asks for is between support and the customer.</summary>
    private static bool WasAskedByMerchant(Refund refund, RefundLine line) =>
        refund.Evidence.Any(round => round.GivenAt == line.At && round.AskedBy == RefundActor.Merchant);
}

/// <summary>What a merchant's endpoint is told of a refund.</summary>
/// <param name="At">When it happened.</param>
/// <param name="AnswerBy">Until when the merchant may answer; only while it is asked.</param>
internal sealed record RefundNewsData(
    RefundId RefundId,
    PaymentId PaymentId,
    string OrderId,
    Money Amount,
    string Status,
    RefundReason Reason,
    string? Description,
    DateTimeOffset At,
    DateTimeOffset? AnswerBy);
