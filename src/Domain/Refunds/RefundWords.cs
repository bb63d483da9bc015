using System.Globalization;

namespace WalletFunctions.Domain.Refunds;

/// <summary>What things around refunds are called.</summary>
public static class RefundWords
{
    /// <summary>The title of what a customer is told.</summary>
    public static Text CustomerTitle { get; } = new("退款进度", "Your refund");

    /// <summary>The title of what a merchant is told.</summary>
    public static Text MerchantTitle { get; } = new("待处理的退款申请", "A refund waits for your answer");

    /// <summary>The title of what a merchant is told of evidence.</summary>
    public static Text EvidenceTitle { get; } = new("退款申请有新材料", "Evidence for a refund has come");

    /// <summary>A reason.</summary>
    public static Text Of(RefundReason reason) => reason switch
    {
        RefundReason.GoodsNotReceived => new("未收到商品或服务", "not received"),
        RefundReason.NotAsDescribed => new("与描述不符", "not as described"),
        RefundReason.ChargedTwice => new("重复扣款", "charged twice"),
        RefundReason.Other => new("其他", "another reason"),
    };

    /// <summary>What a customer is sent of a line; nobody's free words are in it.</summary>
    /// <param name="until">When what it began is over; null where that has no end.</param>
    public static Text ToCustomer(Refund refund, RefundLine line, DateTimeOffset? until)
    {
        var words = line.PlainWords;
        var time = until is { } end ? Until(line.Status, Moment(end)) : new("", "");
        return new($"您在“{refund.MerchantName}”的退款申请（{refund.Amount}）：{words.Zh}{time.Zh}", $"Your refund of {refund.Amount} from {refund.MerchantName}: {words.En}{time.En}");
    }

    /// <summary>What a merchant is sent when it is asked, and when it is reminded.</summary>
    /// <param name="answerBy">Until when it may answer.</param>
    /// <param name="policy">Says what its silence leads to.</param>
    public static Text ToMerchant(Refund refund, bool isReminder, DateTimeOffset answerBy, RefundPolicy policy)
    {
        var until = Moment(answerBy);
        var (zh, en) = isReminder ? ("提醒：", "Reminder: the") : ("", "The");
        var silence = SilenceOf(refund, policy);
        return new(
            $"{zh}订单 {refund.OrderId} 的付款人申请退款 {refund.Amount}，请在 {until}（北京时间）前答复，{silence.Zh}。退款编号 {refund.Id}。",
            $"{en} payer of order {refund.OrderId} wants {refund.Amount} back. Please answer before {until} (Beijing time); {silence.En}. Refund {refund.Id}.");
    }

    /// <summary>What a merchant is sent when the evidence that it asked for has come.</summary>
    public static Text EvidenceToMerchant(Refund refund) => new(
        $"订单 {refund.OrderId} 的付款人已提交您要求的材料，退款申请 {refund.Amount} 现由客服审核；您仍可同意退款。退款编号 {refund.Id}。",
        $"The payer of order {refund.OrderId} has sent what you asked for. Our support now decides on the refund of {refund.Amount}; you may still agree to it. Refund {refund.Id}.");

    /// <summary>Of a small amount only with a condition: what else is wanted of the payment counts too, and may be asked for later.</summary>
    private static Text SilenceOf(Refund refund, RefundPolicy policy)
    {
        var limit = refund.Amount with { Amount = policy.SilenceApprovesBelow };
        return policy.SilenceApproves(refund.Amount)
            ? new($"逾期未答复视为同意（该笔付款的退款合计达到 {limit} 时由客服审核）", $"after that it is granted, unless the refunds of this payment come to {limit} or more: then our support takes over")
            : new("逾期将由客服审核", "after that our support takes over");
    }

    private static Text Until(RefundStatus status, string time) => status switch
    {
        RefundStatus.EvidenceWanted => new($"请在 {time}（北京时间）前提交。", $" Send it before {time} (Beijing time)."),
        RefundStatus.Denied => new($"申诉请在 {time}（北京时间）前提出。", $" Appeal before {time} (Beijing time)."),
        RefundStatus.WithMerchant => new($"答复期限为 {time}（北京时间）。", $" It has until {time} (Beijing time)."),
        _ => new($"我们不晚于 {time}（北京时间）答复您。", $" You hear from us by {time} (Beijing time)."),
    };

    private static string Moment(DateTimeOffset at) => at.ToOffset(Calendar.Shanghai.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
