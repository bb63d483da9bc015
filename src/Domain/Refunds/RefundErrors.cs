namespace WalletFunctions.Domain.Refunds;

/// <summary>The refusals of refunds.</summary>
public static class RefundErrors
{
    private static readonly NextStep ShowEligibility = new("show_eligibility", "GET /v1/payments/{id}/refund-eligibility");

    private static readonly NextStep ShowRefund = new("show_refund", "GET /v1/refunds/{id}");

    private static readonly NextStep ContactSupport = new("contact_support", "POST /v1/chat/messages");

    /// <summary>It was appealed against before.</summary>
    public static DomainError AppealedBefore { get; } = NotAppealable(new("每笔退款只能申诉一次。", "A denial can be appealed against once."));

    /// <summary>It was not turned down.</summary>
    public static DomainError NotDenied { get; } = NotAppealable(new("只有被拒绝的退款可以申诉。", "Only a refund that was turned down can be appealed against."));

    /// <summary>The time to appeal is over.</summary>
    public static DomainError TooLateToAppeal { get; } = NotAppealable(new("申诉期限已过。", "The time to appeal is over."));

    /// <summary>Nobody asked for evidence.</summary>
    public static DomainError EvidenceNotWanted { get; } = new("evidence_not_wanted", ErrorKind.Conflict,
        new Text("目前不需要补充材料。", "Nothing more is asked for at present."))
    { NextSteps = [ShowRefund] };

    /// <summary>The customer was asked often enough: it must be decided on what there is.</summary>
    public static DomainError AskedEnough { get; } = new("evidence_rounds_used", ErrorKind.Conflict,
        new Text("补充材料次数已达上限，请根据现有材料作出决定。", "The customer was asked often enough; it must be decided on what there is."))
    { NextSteps = [ShowRefund] };

    /// <summary>The case is being opened: in a moment the merchant may decide.</summary>
    public static DomainError AboutToBeAsked => Books.LedgerErrors.ClaimBusy;

    /// <summary>A file that the customer does not have, or that belongs to something else.</summary>
    public static DomainError FileUnknown { get; } = new("evidence_file_unknown", ErrorKind.Refused,
        new Text("文件不存在，或已用于其他事项。", "There is no such file of yours, or it belongs to something else."))
    { NextSteps = [new NextStep("upload_file", "POST /v1/uploads")] };

    /// <summary>It does not wait for this decision of this side.</summary>
    public static DomainError NotDecidable { get; } = new("refund_not_decidable", ErrorKind.Conflict,
        new Text("该退款目前不能由您作此决定。", "This decision is not yours to make on this refund as it stands."))
    { NextSteps = [ShowRefund] };

    /// <summary>There is none with this id, or it is somebody else's.</summary>
    public static DomainError NotFound { get; } = new("refund_not_found", ErrorKind.NotFound,
        new Text("没有这笔退款。", "There is no such refund."));

    /// <summary>The money has left the merchant's book: it can no longer be stopped.</summary>
    public static DomainError BeingPaid { get; } = new("refund_being_paid", ErrorKind.Conflict,
        new Text("退款款项已付出，无法终止。", "The money of this refund has left the merchant; it can no longer be stopped."))
    { NextSteps = [ShowRefund] };

    /// <summary>The caller never made such a payment.</summary>
    public static DomainError PaymentNotFound { get; } = new("payment_not_found", ErrorKind.NotFound,
        new Text("没有这笔付款。", "There is no such payment."))
    { NextSteps = [new NextStep("list_payments", "GET /v1/payments")] };

    /// <summary>Nothing was paid: it waits for a person, or was given back by one.</summary>
    public static DomainError PaymentNotMade { get; } = new("payment_not_refundable", ErrorKind.Refused,
        new Text("该笔付款不能退款。", "This payment cannot be refunded."),
        new Text("该笔付款尚未完成，没有可退的款项。", "This payment was not made, so there is nothing to refund."))
    { NextSteps = [ShowEligibility] };

    /// <summary>Staff has taken the payment back.</summary>
    public static DomainError PaymentReversed { get; } = Exceeds(new("该笔付款已冲正，没有可退的款项。", "This payment was reversed; nothing of it is left."));

    /// <summary>Whoever asked, or decided before, cannot decide this.</summary>
    public static DomainError SecondPersonRequired { get; } = new("second_person_required", ErrorKind.Forbidden,
        new Text("须由另一位人员决定。", "Somebody else must decide this."));

    /// <summary>The time to ask is over.</summary>
    public static DomainError TooLateToAsk { get; } = new("refund_too_late", ErrorKind.Refused,
        new Text("该笔付款已超过可申请退款的期限。", "The time to ask for a refund of this payment is over."))
    { NextSteps = [ContactSupport] };

    /// <summary>It is granted, or over.</summary>
    public static DomainError TooLateToWithdraw { get; } = new("too_late_to_withdraw", ErrorKind.Conflict,
        new Text("该退款已无法撤回。", "It is too late to withdraw this request."))
    { NextSteps = [ShowRefund] };

    /// <summary>More than what is left of the payment.</summary>
    /// <param name="left">What is left.</param>
    public static DomainError ExceedsPayment(Money left) => Exceeds(left.Amount == 0
        ? new("该笔付款已没有可退的款项。", "Nothing of this payment is left to refund.")
        : new($"最多可申请退款 {left}。", $"At most {left} of this payment can be asked for."));

    private static DomainError Exceeds(Text detail) => new("refund_exceeds_payment", ErrorKind.Refused,
        new Text("退款金额超出该笔付款的剩余可退金额。", "This is more than what is left of the payment."), detail)
    { NextSteps = [ShowEligibility] };

    private static DomainError NotAppealable(Text detail) => new("not_appealable", ErrorKind.Conflict, new Text("该退款不能申诉。", "This refund cannot be appealed against."), detail)
    { NextSteps = [ShowRefund] };
}
