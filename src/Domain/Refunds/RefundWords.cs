using System.Globalization;

namespace WalletFunctions.Domain.Refunds;

/// <summary>What things around refunds are called.</summary>
public static class RefundWords
{
    /// <summary>The title of what a customer is told.</summary>
    public static Text CustomerTitle { get; } = new("退款进度", "Your refund");

    /// <summary>The title of what a merchant is told.</summary>
    public static Text MerchantTitle { get; } = new("待处理的退款申请", "A refund waits for your answer");

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
        var words = RefundStates.After(line.From, line.Event)?.Words ?? RefundStates.RequestedWords;
        var time = until is { } end ? Until(line.Status, Moment(end)) : new("", "");
        return new($"您在“{refund.MerchantName}”的退款申请（{refund.Amount}）：{words.Zh}{time.Zh}", $"Your refund of {refund.Amount} from {refund.MerchantName}: {words.En}{time.En}");
    }

    /// <summary>What a merchant is sent when it is asked, and when it is reminded.</summary>
    /// <param name="answerBy">Until when it may answer.</param>
    /// <param name="policy">In force when it was asked for: it says what silence means.</param>
    public static Text ToMerchant(Refund refund, bool isReminder, DateTimeOffset answerBy, RefundPolicy policy)
    {
        var until = Moment(answerBy);
        var (zh, en) = isReminder ? ("提醒：", "Reminder: ") : ("", "");

        // Of several small requests for one payment the sum decides, which is not known before the end.
        var silence = policy.SilenceApproves(refund.Amount)
            ? new Text("逾期将自动同意退款，或由客服审核", "after that it is granted by itself, or our support takes over")
            : new Text("逾期将由客服审核", "after that our support takes over");
        return new(
            $"{zh}订单 {refund.OrderId} 的付款人申请退款 {refund.Amount}，请在 {until}（北京时间）前答复，{silence.Zh}。退款编号 {refund.Id}。",
            $"{en}the payer of order {refund.OrderId} wants {refund.Amount} back. Please answer before {until} (Beijing time); {silence.En}. Refund {refund.Id}.");
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
