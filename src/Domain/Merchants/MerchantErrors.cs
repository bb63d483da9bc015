namespace WalletFunctions.Domain.Merchants;

/// <summary>The refusals of the register of merchants.</summary>
public static class MerchantErrors
{
    /// <summary>The number belongs to an account that is no merchant, or is in the register already.</summary>
    public static DomainError PhoneTaken { get; } = new("phone_taken", ErrorKind.Conflict,
        new Text("该手机号码已被使用。", "This telephone number is in use."));

    /// <summary>Money can be settled only into a merchant's wallet.</summary>
    public static DomainError SettlementWalletUnknown { get; } = new("settlement_wallet_unknown", ErrorKind.Refused,
        new Text("结算钱包不存在或不属于商户。", "The settlement wallet does not exist, or is not a merchant's."));

    /// <summary>The merchant may not take this payment.</summary>
    /// <param name="why">In words a payer understands.</param>
    public static DomainError Restricted(Text why) => new("merchant_restricted", ErrorKind.Refused,
        new Text("该商户不能收取这笔款项。", "This merchant may not take this payment."), why)
    {
        NextSteps = [new NextStep("show_wallet", "GET /v1/wallet")],
    };
}
