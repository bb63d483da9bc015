using WalletFunctions.Domain;

namespace WalletFunctions.Sandbox;

/// <summary>Refusals of the sandbox's bank.</summary>
internal static class BankErrors
{
    /// <summary>It is set to be out of service.</summary>
    public static DomainError Down { get; } = new("bank_down", ErrorKind.Unavailable,
        new("银行（沙盒）暂停服务。", "The sandbox's bank is set to be out of service."));

    /// <summary>The payout is decided already, or not in a state that allows it.</summary>
    public static DomainError PayoutDecided { get; } = new("payout_decided", ErrorKind.Conflict,
        new("该付款的状态不允许此操作。", "The payout is not in a state that allows this."));

    /// <summary>The payout id is known with another amount: orders are repeated, never changed.</summary>
    public static DomainError PayoutDiffers { get; } = new("payout_differs", ErrorKind.Refused,
        new("相同付款编号的金额不同。", "This payout id is known with another amount."));
}
