namespace WalletFunctions.Domain.Withdrawals;

/// <summary>Refusals of withdrawals and of the bank's callbacks.</summary>
public static class WithdrawalErrors
{
    /// <summary>The account has no such card.</summary>
    public static DomainError BankCardNotFound { get; } = new(
        "bank_card_not_found",
        ErrorKind.NotFound,
        new("没有这张银行卡，请从已绑定的银行卡中选择。", "There is no such bank card. Choose one of those that are bound."))
    { NextSteps = [new("choose_card", "GET /v1/me/bank-cards")] };

    /// <summary>Staff may not end what the bank has, or may have: the money would be here and there.</summary>
    public static DomainError BankMayHaveIt { get; } = new(
        "bank_may_have_payout",
        ErrorKind.Conflict,
        new("银行可能已持有这笔付款，不能终止。", "The bank has this payout, or may have it; it cannot be ended."),
        new(
            "只有在银行确认没有这笔付款、并将其作废（今后也不会受理）后才能终止；银行这次没有这样答复。",
            "It can be ended once the bank says that it does not have it and declares it void, so that it can never take it either; this time the bank did not."));

    /// <summary>The bank has the order.</summary>
    public static DomainError BankHasIt { get; } = TooLateToCancel(
        new("银行已经收到这笔提现，无法再取消。", "The bank already has this withdrawal; it can no longer be cancelled."));

    /// <summary>An order has left, and nobody knows yet whether the bank took it.</summary>
    public static DomainError BankMayTakeIt { get; } = TooLateToCancel(
        new("这笔提现已发往银行，正在确认银行是否受理，暂时无法取消。", "This withdrawal has left for the bank, which has not said yet whether it takes it; it cannot be cancelled now."));

    /// <summary>The bank has spoken, or somebody has ended it.</summary>
    public static DomainError AlreadyEnded { get; } = TooLateToCancel(
        new("这笔提现已有结果，请查看其进度。", "This withdrawal has come to its end; its timeline says how."));

    /// <summary>There is none with this id, or it is somebody else's.</summary>
    public static DomainError NotFound { get; } = new(
        "withdrawal_not_found",
        ErrorKind.NotFound,
        new("没有这笔提现。", "There is no such withdrawal."));

    /// <summary>The bank speaks of a payout that we do not know (yet): it asks again later.</summary>
    public static DomainError PayoutNotFound { get; } = new(
        "payout_not_found",
        ErrorKind.NotFound,
        new("没有这笔付款。", "There is no such payout."));

    private static DomainError TooLateToCancel(Text detail) => new(
        "too_late_to_cancel", ErrorKind.Conflict, new("提现已无法取消。", "It is too late to cancel this withdrawal."), detail)
    { NextSteps = [new("show_withdrawal", "GET /v1/withdrawals/{id}")] };
}
