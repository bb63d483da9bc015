using System.Collections.Frozen;
using System.Text.Json;
using static WalletFunctions.Domain.Refunds.RefundActor;
using static WalletFunctions.Domain.Refunds.RefundEvent;
using static WalletFunctions.Domain.Refunds.RefundStatus;

namespace WalletFunctions.Domain.Refunds;

/// <summary>One thing that can happen to a refund in one state.</summary>
/// <param name="From">The state it happens in.</param>
/// <param name="Event">What happens.</param>
/// <param name="To">The state afterwards; the same one where it only leaves a mark.</param>
/// <param name="By">Who or what makes it happen.</param>
/// <param name="Words">What everybody concerned reads of it; null: it leaves no line.</param>
/// <param name="Notifies">Whether the customer is sent these words too.</param>
public sealed record RefundEdge(RefundStatus From, RefundEvent Event, RefundStatus To, RefundActor By, Text? Words, bool Notifies = true);

/// <summary>The life of a refund as one table: what is not in it is not possible. docs/refunds.md is made of it.</summary>
public static class RefundStates
{
    /// <summary>The words of the first line.</summary>
    public static Text RequestedWords { get; } = new("退款申请已受理，申请金额已为您预留。", "We have your request for a refund; the amount is reserved for you.");

    /// <summary>The words of the last line where the customer's wallet was closed when the money came.</summary>
    public static Text SuspenseWords { get; } = new("退款已由商户付出，但您的钱包已注销；款项由我们保管，客服会联系您退回。", "The merchant has paid it, but your wallet is closed: we keep the money for you, and our support gets in touch.");

    /// <summary>The table.</summary>
    public static IReadOnlyList<RefundEdge> Edges { get; } =
    [
        new(Requested, AskMerchant, WithMerchant, RefundActor.System, new("已将申请转交商户，请等待商户答复。", "The merchant has been asked, and has a few days to answer.")),
        new(Requested, SkipMerchant, InReview, RefundActor.System, new("商户目前无法答复，申请由客服直接审核。", "The merchant cannot answer at present; our support looks at your request.")),

        new(WithMerchant, Remind, WithMerchant, Clock, new("已提醒商户尽快答复。", "The merchant has been reminded."), Notifies: false),
        new(WithMerchant, MerchantApprove, Approved, Merchant, new("商户同意退款，款项即将退回。", "The merchant agrees; the money is on its way.")),
        new(WithMerchant, MerchantDeny, Denied, Merchant, new("商户未同意退款。如有异议，您可在期限内申诉一次。", "The merchant does not agree. If you object, you may appeal once within the time shown.")),
        new(WithMerchant, MerchantAsk, EvidenceWanted, Merchant, new("商户需要您补充材料，请在期限内提交。", "The merchant needs more from you; please send it within the time shown.")),
        new(WithMerchant, MerchantSilent, InReview, Clock, new("商户未在期限内答复，已转由客服审核。", "The merchant did not answer in time; our support takes over.")),
        new(WithMerchant, SilenceApproves, Approved, Clock, new("商户未在期限内答复，小额退款自动同意。", "The merchant did not answer in time; a refund this small is granted by that.")),

        new(InReview, SupportApprove, Approved, Support, new("客服审核通过，款项即将退回。", "Our support grants it; the money is on its way.")),
        new(InReview, SupportDeny, Denied, Support, new("客服审核未通过。如有异议，您可在期限内申诉一次。", "Our support does not grant it. If you object, you may appeal once within the time shown.")),
        new(InReview, SupportAsk, EvidenceWanted, Support, new("客服需要您补充材料，请在期限内提交。", "Our support needs more from you; please send it within the time shown.")),
        new(InReview, Escalate, InReview, Clock, new("审核超出预期时间，已升级为优先处理，对此深表歉意。", "This takes longer than we promised, and has been given priority. We are sorry.")),
        new(InReview, MerchantApprove, Approved, Merchant, new("商户同意退款，款项即将退回。", "The merchant agrees; the money is on its way.")),

        new(EvidenceWanted, GiveEvidence, InReview, Customer, new("已收到您补充的材料，由客服审核。", "We have what you sent; our support looks at it.")),
        new(EvidenceWanted, EvidenceLate, Expired, Clock, new("未在期限内收到补充材料，申请已失效。您仍可重新申请。", "Nothing more came in time, so this request has lapsed. You may ask anew.")),
        new(EvidenceWanted, MerchantApprove, Approved, Merchant, new("商户同意退款，款项即将退回。", "The merchant agrees; the money is on its way.")),

        new(Approved, Pay, Refunded, RefundActor.System, new("退款已到账。", "The money is in your wallet.")),
        new(Approved, RunShort, AwaitingFunds, RefundActor.System, new("退款已同意，但商户账户暂时无法付款；我们会持续重试。", "Granted, but the merchant's account cannot pay it at present; we keep trying.")),

        new(AwaitingFunds, Pay, Refunded, RefundActor.System, new("退款已到账。", "The money is in your wallet.")),
        new(AwaitingFunds, StillShort, AwaitingFunds, Clock, null, Notifies: false),
        new(AwaitingFunds, TellSupport, AwaitingFunds, Clock, new("商户账户迟迟无法付款，客服已介入催办。", "The merchant's account has been unable to pay for days; our support is on it.")),

        new(Denied, Appeal, Appealed, Customer, new("已收到您的申诉，由另一位客服人员复核。", "We have your appeal; somebody else of our support looks at it again.")),
        new(Denied, CloseAppeal, Denied, Clock, new("申诉期限已过，申请关闭。", "The time to appeal is over; the case is closed.")),
        new(Denied, Terminate, Denied, Operations, new("申请已由我们关闭，如有疑问请联系客服。", "We have closed this case. Please ask our support if you have questions.")),

        new(Appealed, SupportApprove, Approved, Support, new("申诉成立，款项即将退回。", "Your appeal is upheld; the money is on its way.")),
        new(Appealed, SupportDeny, Denied, Support, new("申诉复核未通过，此为最终结果。", "Your appeal is not upheld. This is final.")),
        new(Appealed, Escalate, Appealed, Clock, new("复核超出预期时间，已升级为优先处理，对此深表歉意。", "This takes longer than we promised, and has been given priority. We are sorry.")),
        new(Appealed, MerchantApprove, Approved, Merchant, new("商户同意退款，款项即将退回。", "The merchant agrees; the money is on its way.")),

        .. from status in new[] { Requested, WithMerchant, InReview, EvidenceWanted, Appealed }
           select new RefundEdge(status, Withdraw, Withdrawn, Customer, new("您已撤回退款申请。", "You have withdrawn your request.")),

        .. from status in new[] { Requested, WithMerchant, InReview, EvidenceWanted, Approved, AwaitingFunds, Appealed }
           select new RefundEdge(status, Terminate, Expired, Operations, new("申请已由我们终止，如有疑问请联系客服。", "We have ended this request. Please ask our support if you have questions.")),
    ];

    private static readonly FrozenDictionary<(RefundStatus From, RefundEvent Event), RefundEdge> ByEvent = Edges.ToFrozenDictionary(edge => (edge.From, edge.Event));

    /// <summary>What an event leads to in a state; null where it is not possible.</summary>
    public static RefundEdge? After(RefundStatus from, RefundEvent happened) => ByEvent.GetValueOrDefault((from, happened));

    /// <summary>Whether the amount is reserved on the payment.</summary>
    public static bool Reserves(this RefundStatus status) =>
        status is Requested or WithMerchant or InReview or EvidenceWanted or Approved or AwaitingFunds or Appealed;

    /// <summary>Whether nothing can happen any more, whatever time it is.</summary>
    public static bool IsFinal(this RefundStatus status) => status is Refunded or Withdrawn or Expired;

    /// <summary>The name in JSON and in storage: <c>with_merchant</c>.</summary>
    public static string Name(this RefundStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    /// <summary>Reads a name written by <see cref="Name"/>.</summary>
    /// <exception cref="FormatException">There is no such status: the row was written by a newer version.</exception>
    public static RefundStatus Parse(string name)
    {
        foreach (var status in Enum.GetValues<RefundStatus>())
        {
            if (status.Name() == name)
            {
                return status;
            }
        }

        throw new FormatException($"No refund status is called '{name}'.");
    }
}
