namespace WalletFunctions.Domain.TopUps;

/// <summary>What is said about a top-up that is late.</summary>
public static class TopUpWords
{
    /// <summary>The subject of what its owner is told.</summary>
    public static Text LateTitle { get; } = new("充值尚未到账", "Your top-up is late");

    /// <summary>The subject of what its owner is told of its end.</summary>
    public static Text EndTitle { get; } = new("充值结果", "Your late top-up");

    /// <summary>What its owner is told.</summary>
    public static Text Late(CardTopUp topUp) => new(
        $"尾号 {topUp.Card.Last4} 的银行卡充值 {topUp.Amount} 还没有结果，我们会继续查询，已请客服优先跟进。请勿重复充值。",
        $"The top-up of {topUp.Amount} from the card ending in {topUp.Card.Last4} has no result yet. We keep asking, and our support is on it with priority. Please do not top up again for it.");

    /// <summary>How it ended; null while it has not.</summary>
    public static Text? End(CardTopUp topUp) => topUp.Status switch
    {
        TopUpStatus.Pending => null,
        TopUpStatus.Succeeded => new(
            $"尾号 {topUp.Card.Last4} 的银行卡充值 {topUp.Amount} 已到账。",
            $"The top-up of {topUp.Amount} from the card ending in {topUp.Card.Last4} has arrived."),
        TopUpStatus.Failed => new(
            $"尾号 {topUp.Card.Last4} 的银行卡充值 {topUp.Amount} 未成功，没有扣款。",
            $"The top-up of {topUp.Amount} from the card ending in {topUp.Card.Last4} did not go through; the card was not charged."),
    };
}
