using WalletFunctions.Domain;

namespace WalletFunctions.Sandbox;

/// <summary>Refusals of the sandbox: of its bank, its acquirer, and its own controls.</summary>
internal static class SandboxErrors
{
    /// <summary>It is set to be out of service.</summary>
    public static DomainError AcquirerDown { get; } = new("acquirer_down", ErrorKind.Unavailable,
        new("收单机构（沙盒）暂停服务。", "The sandbox's acquirer is set to be out of service."));

    /// <summary>It is set to be out of service.</summary>
    public static DomainError BankDown { get; } = new("bank_down", ErrorKind.Unavailable,
        new("银行（沙盒）暂停服务。", "The sandbox's bank is set to be out of service."));

    /// <summary>The charge is decided already.</summary>
    public static DomainError ChargeDecided { get; } = new("charge_decided", ErrorKind.Conflict,
        new("该扣款的状态不允许此操作。", "The charge is not in a state that allows this."));

    /// <summary>The charge id is known with another amount: orders are repeated, never changed.</summary>
    public static DomainError ChargeDiffers { get; } = new("charge_differs", ErrorKind.Refused,
        new("相同扣款编号的金额不同。", "This charge id is known with another amount."));

    public static DomainError ClockCannotGoBack { get; } = new("clock_cannot_go_back", ErrorKind.Refused,
        new("业务时钟只能向前拨。", "The business clock only moves forward."));

    public static DomainError ClockNotMovable { get; } = new("clock_not_movable", ErrorKind.NotImplemented,
        new("当前运行环境的持久计时器无法拨动。", "The durable timers of this runtime cannot be moved."));

    /// <summary>The payout is decided already, or not in a state that allows it.</summary>
    public static DomainError PayoutDecided { get; } = new("payout_decided", ErrorKind.Conflict,
        new("该付款的状态不允许此操作。", "The payout is not in a state that allows this."));

    /// <summary>The payout id is known with another amount: orders are repeated, never changed.</summary>
    public static DomainError PayoutDiffers { get; } = new("payout_differs", ErrorKind.Refused,
        new("相同付款编号的金额不同。", "This payout id is known with another amount."));

    /// <summary>What the bank has cannot be declared void.</summary>
    public static DomainError PayoutTaken { get; } = new("payout_taken", ErrorKind.Conflict,
        new("银行已持有这笔付款，不能作废。", "The bank has this payout; it cannot be declared void."));

    /// <summary>It is set to be out of service, or to lose its answers.</summary>
    public static DomainError SmsGatewayDown { get; } = new("sms_gateway_down", ErrorKind.Unavailable,
        new("短信网关（沙盒）暂停服务。", "The sandbox's gateway of short messages is set to be out of service."));

    /// <summary>It is set to refuse.</summary>
    public static DomainError SmsRefused { get; } = new("sms_refused", ErrorKind.Refused,
        new("短信网关（沙盒）拒绝了这条短信。", "The sandbox's gateway is set to refuse short messages."));
}
