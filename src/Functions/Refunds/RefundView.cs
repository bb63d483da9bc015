using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Payments;
using WalletFunctions.Platform;

namespace WalletFunctions.Refunds;

/// <summary>A refund as its customer, its merchant or support sees it.</summary>
internal sealed record RefundView(
    RefundId RefundId,
    PaymentId PaymentId,
    AccountId MerchantId,
    string MerchantName,
    string OrderId,
    Money Amount,
    RefundReason Reason,
    string? Description,
    string Status,
    DateTimeOffset CreatedAt,
    IReadOnlyList<RefundLineView> Timeline)
{
    /// <summary>By when the next answer is there: the merchant's, support's, or, where evidence is wanted, the customer's. Left out while none is waited for.</summary>
    public DateTimeOffset? AnswerBy { get; init; }

    /// <summary>Of a denial: until when it can be appealed against.</summary>
    public DateTimeOffset? AppealUntil { get; init; }

    /// <summary>What was asked for, and what came.</summary>
    public IReadOnlyList<RefundEvidenceView> Evidence { get; init; } = [];

    /// <summary>The transaction that brought the money.</summary>
    public TransactionId? TransactionId { get; init; }

    /// <summary>For the customer and support.</summary>
    public ConversationId? ConversationId { get; init; }

    /// <summary>Who paid, masked; for the merchant and support.</summary>
    public string? PayerName { get; init; }

    /// <summary>Who paid; for support.</summary>
    public AccountId? AccountId { get; init; }

    /// <summary>The agent who asked on the customer's behalf; for the customer and support.</summary>
    public AccountId? AskedBy { get; init; }

    /// <summary>What it is of; for support, and not in lists.</summary>
    public PaymentView? Payment { get; init; }

    /// <summary>Why the merchant's book does not give the money; for the merchant and support.</summary>
    public string? FundsCause { get; init; }

    public static RefundView Of(Refund refund, RefundPolicy policy, Caller reader)
    {
        var (isMerchant, isCustomer) = (reader.Role == Role.Merchant, reader.Role == Role.Customer);
        return new RefundView(
            refund.Id,
            refund.PaymentId,
            refund.Merchant,
            refund.MerchantName,
            refund.OrderId,
            refund.Amount,
            refund.Reason,
            refund.Description,
            refund.Status.Name(),
            refund.RequestedAt,
            [.. refund.Timeline.Select(line => new RefundLineView(line.At, line.Status.Name(), line.Words.In(reader.Language)))])
        {
            AnswerBy = RefundTimers.AnswerBy(refund, policy),
            AppealUntil = refund.Status == RefundStatus.Denied && RefundTimers.Next(refund, policy) is { } wait ? wait.At : null,
            Evidence = [.. refund.Evidence.Select(RefundEvidenceView.Of)],
            TransactionId = refund.Status == RefundStatus.Refunded ? Operations.TransactionOf(RefundMoney.OperationOf(refund)) : null,
            ConversationId = isMerchant ? null : refund.ConversationId,
            PayerName = isCustomer ? null : refund.PayerName,
            AccountId = isMerchant || isCustomer ? null : refund.AccountId,
            AskedBy = isMerchant ? null : refund.AskedBy,
            FundsCause = isCustomer || refund.Status != RefundStatus.AwaitingFunds ? null : refund.FundsCause,
        };
    }
}

/// <summary>One line of the timeline, in the reader's language.</summary>
internal sealed record RefundLineView(DateTimeOffset At, string Status, string Note);

/// <summary>One round of evidence.</summary>
/// <param name="Question">What was asked for; left out of an appeal.</param>
/// <param name="FileIds">Read them at <c>/v1/refunds/{id}/evidence/{fileId}</c>.</param>
internal sealed record RefundEvidenceView(DateTimeOffset AskedAt, RefundActor AskedBy, string? Question, DateTimeOffset? GivenAt, string? Text, IReadOnlyList<string> FileIds)
{
    public static RefundEvidenceView Of(RefundEvidence round) => new(round.AskedAt, round.AskedBy, round.Question, round.GivenAt, round.Text, round.FileIds);
}

/// <summary>The answer to a new request.</summary>
internal sealed record RefundAccepted(RefundId RefundId, string Status, DateTimeOffset? AnswerBy)
{
    public static RefundAccepted Of(Refund refund, RefundPolicy policy) => new(refund.Id, refund.Status.Name(), RefundTimers.AnswerBy(refund, policy));
}

/// <summary>Whether, how much and until when a payment can be refunded, and what will be asked.</summary>
/// <param name="Code">Why not; left out where it can.</param>
/// <param name="Left">What can still be asked for.</param>
/// <param name="Reserved">What requests that are not over have taken.</param>
/// <param name="Refunded">What has gone back.</param>
/// <param name="AskUntil">That moment excluded.</param>
/// <param name="MerchantDays">How long the merchant has to answer.</param>
internal sealed record RefundEligibilityView(
    PaymentId PaymentId,
    bool Eligible,
    string? Code,
    string? Detail,
    Money Left,
    Money Reserved,
    Money Refunded,
    DateTimeOffset AskUntil,
    int MerchantDays,
    IReadOnlyList<RefundReasonView> Reasons)
{
    public static RefundEligibilityView Of(RefundablePayment found, RefundEligibility eligibility, RefundPolicy policy, Language language) => new(
        found.Payment.Id,
        eligibility.Refusal is null,
        eligibility.Refusal?.Code,
        eligibility.Refusal?.Detail.In(language),
        eligibility.Left,
        found.Payment.Reserved,
        found.Payment.Refunded,
        eligibility.AskUntil,
        policy.MerchantDays,
        [.. Enum.GetValues<RefundReason>().Select(reason => new RefundReasonView(
            reason, RefundWords.Of(reason).In(language), [.. RefundEligibility.Asked(reason).Select(asked => asked.In(language))]))]);
}

/// <summary>A reason, what it is called, and what will be asked for.</summary>
internal sealed record RefundReasonView(RefundReason Reason, string Name, IReadOnlyList<string> Asked);
