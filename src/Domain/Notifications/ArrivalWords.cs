namespace WalletFunctions.Domain.Notifications;

/// <summary>What somebody is told of money that arrived.</summary>
public static class ArrivalWords
{
    /// <summary>The subject.</summary>
    /// <param name="isCollection">Whether it was asked for.</param>
    public static Text Title(bool isCollection) => isCollection ? new("收款到账", "Your request was paid") : new("转账到账", "Money has arrived");

    /// <summary>The message.</summary>
    /// <param name="isCollection">Whether it was asked for.</param>
    /// <param name="amount">What arrived.</param>
    /// <param name="from">Who sent it, masked; null where nobody is named.</param>
    public static Text Body(bool isCollection, Money amount, string? from) => (isCollection, from) switch
    {
        (false, null) => new($"收到转账 {amount}。", $"{amount} has arrived."),
        (false, _) => new($"收到 {from} 转账 {amount}。", $"{amount} has arrived from {from}."),
        (true, null) => new($"您的收款请求已支付，{amount} 已到账。", $"Your request was paid: {amount} has arrived."),
        (true, _) => new($"{from} 支付了您的收款请求，{amount} 已到账。", $"{from} paid your request: {amount} has arrived."),
    };
}
