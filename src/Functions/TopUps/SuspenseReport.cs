using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.TopUps;

/// <summary>Tells support of money that a card paid into a wallet which was closed by then: a person sends it back.</summary>
internal sealed class SuspenseReport(IInbox inbox)
{
    /// <summary>Opens the conversation about it; a second time it is the same one.</summary>
    public async Task<ConversationId> OpenAsync(CardTopUp topUp, CancellationToken cancellationToken)
    {
        var command = new OpenConversation(
            $"topup-suspense:{topUp.Id}",
            topUp.EndedAt ?? topUp.RequestedAt,
            new("银行卡充值到账时钱包已注销", "A card paid into a wallet that was closed"),
            Priority.High,
            "topup",
            topUp.AccountId,
            new(
                $"银行卡（尾号 {topUp.Card.Last4}）已支付 {topUp.Amount}，但钱包已注销，资金记入待处理账户，请联系客户退回。充值编号 {topUp.Id}。",
                $"The card ending in {topUp.Card.Last4} paid {topUp.Amount} after the wallet was closed. The money stands in suspense and must go back to the customer. Top-up {topUp.Id}."))
        {
            SubjectId = topUp.Id.Value,
        };
        return await inbox.OpenAsync(command, cancellationToken);
    }
}
