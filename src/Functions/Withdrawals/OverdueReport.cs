using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Withdrawals;

/// <summary>Tells support of a broken promise, and how it ended.</summary>
internal sealed class OverdueReport(IInbox inbox, AccountDirectory accounts)
{
    /// <summary>Opens the conversation about it, with priority; a second time it is the same one.</summary>
    public async Task<ConversationId> OpenAsync(Withdrawal withdrawal, CancellationToken cancellationToken)
    {
        var owner = await accounts.FindAsync(withdrawal.AccountId, cancellationToken);
        var day = Shanghai.DayOf(withdrawal.PromisedBy).ToString("yyyy-MM-dd");
        var command = new OpenConversation(
            $"withdrawal-overdue:{withdrawal.Id}",
            withdrawal.PromisedBy,
            new($"提现未按承诺到账（{day}）", $"Withdrawal not there by the promised day ({day})"),
            Priority.High,
            "withdrawal",
            withdrawal.AccountId,
            new(
                $"{withdrawal.Amount} 的提现承诺 {day} 到账，银行至今没有结果。资金仍冻结，系统会继续查询。付款编号 {withdrawal.PayoutId}。",
                $"The withdrawal of {withdrawal.Amount} was promised for {day}; the bank has not said what became of it. The money stays held and the bank is asked on. Payout {withdrawal.PayoutId}."))
        {
            SubjectId = withdrawal.Id.Value,
            Email = owner?.Email,
            Name = owner?.DisplayName,
        };
        return await inbox.OpenAsync(command, cancellationToken);
    }

    /// <summary>Adds how it ended; a second time it is the same line.</summary>
    public Task TellEndAsync(Withdrawal withdrawal, ConversationId conversation, CancellationToken cancellationToken) =>
        inbox.AppendEventAsync(conversation, $"{withdrawal.Id}:{withdrawal.Status.Name()}", withdrawal.Timeline[^1].Words, cancellationToken);
}
