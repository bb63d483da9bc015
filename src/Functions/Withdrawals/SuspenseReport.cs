using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Withdrawals;

/// <summary>Tells support of a withdrawal's money that came back to a wallet which was closed by then: a person sends it on.</summary>
internal sealed class SuspenseReport(IInbox inbox)
{
    /// <summary>Opens the conversation about it; a second time it is the same one.</summary>
    public async Task OpenAsync(Withdrawal withdrawal, CancellationToken cancellationToken)
    {
        await inbox.OpenAsync(
            new OpenConversation(
                $"withdrawal-suspense:{withdrawal.Id}",
                withdrawal.Timeline[^1].At,
                new("提现退回时钱包已注销", "A withdrawal came back to a wallet that was closed"),
                Priority.High,
                "withdrawal",
                withdrawal.AccountId,
                new(
                    $"提现 {withdrawal.Id}（{withdrawal.Total}，含手续费）未能到账，但客户钱包已注销，资金记入待处理账户，请联系客户退回。",
                    $"Withdrawal {withdrawal.Id} did not arrive, and the customer's wallet was closed by then. {withdrawal.Total}, its fee included, stand in suspense and must reach the customer another way."))
            {
                SubjectId = withdrawal.Id.Value,
            },
            cancellationToken);
    }
}
