using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Support.Inbox;

namespace WalletFunctions.Withdrawals;

/// <summary>Tells support of a broken promise, and how it ended.</summary>
internal sealed class OverdueReport(IInbox inbox)
{
    /// <summary>Opens the conversation about it, with priority; a second time it is the same one.</summary>
    /// <param name="withdrawal">Past its promise.</param>
    /// <param name="isFrozen">Whether its account is, so that no order leaves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ConversationId> OpenAsync(Withdrawal withdrawal, bool isFrozen, CancellationToken cancellationToken)
    {
        var day = Shanghai.DayOf(withdrawal.PromisedBy).ToString("yyyy-MM-dd");
        var standing = StandingOf(withdrawal, isFrozen);
        var command = new OpenConversation(
            OccasionOf(withdrawal),
            withdrawal.PromisedBy,
            new($"提现未按承诺到账（{day}）", $"Withdrawal not there by the promised day ({day})"),
            Priority.High,
            "withdrawal",
            withdrawal.AccountId,
            new(
                $"{withdrawal.Amount} 的提现承诺 {day} 到账，{standing.Zh}",
                $"The withdrawal of {withdrawal.Amount} was promised for {day}; {standing.En}"))
        {
            Turn = MatterTurn.Ours(ServiceLevel.AnswerDue(Priority.High, withdrawal.PromisedBy)),
            SubjectId = withdrawal.Id.Value,
        };
        return await inbox.OpenAsync(command, cancellationToken);
    }

    private static Text StandingOf(Withdrawal withdrawal, bool isFrozen) => (withdrawal.NeedsBanksWordToEnd, isFrozen) switch
    {
        (true, false) => new(
            $"银行至今没有结果。资金仍冻结，系统会继续查询。付款编号 {withdrawal.PayoutId}。",
            $"the bank has not said what became of it. The money stays held and the bank is asked on. Payout {withdrawal.PayoutId}."),
        (true, true) => new(
            $"银行至今没有结果，且账户已冻结，系统会继续查询，但解冻前不会再次提交。资金仍冻结。付款编号 {withdrawal.PayoutId}。",
            $"the bank has not said what became of it, and the account is frozen: the bank is asked on, but gets no order again before the account is unfrozen. The money stays held. Payout {withdrawal.PayoutId}."),
        (false, false) => new(
            "尚未能提交银行，系统会继续尝试。资金仍冻结，客户仍可取消。",
            "the bank has not been given it yet, or could not take it; that is tried on. The money stays held, and the customer can still cancel."),
        (false, true) => new(
            "因账户已冻结，尚未提交银行；解冻后会立即提交。资金仍冻结，也可取消。",
            "the account is frozen, so the bank has not been given it; it leaves once the account is unfrozen. The money stays held, and it can still be cancelled."),
    };

    /// <summary>Adds how it ended, and resolves the conversation unless somebody waits for an answer in it; a second time it is the same line.</summary>
    public Task TellEndAsync(Withdrawal withdrawal, ConversationId conversation, CancellationToken cancellationToken) =>
        inbox.AppendEventAsync(conversation, EndOf(withdrawal), withdrawal.Timeline[^1].Words, Priority.Low, MatterTurn.Nobodys, cancellationToken);

    /// <summary>As the other, of one that names no conversation: whoever opened it perhaps died before the withdrawal could name it.</summary>
    public Task TellEndAsync(Withdrawal withdrawal, CancellationToken cancellationToken) =>
        inbox.TellEndAsync(OccasionOf(withdrawal), withdrawal.PromisedBy, EndOf(withdrawal), withdrawal.Timeline[^1].Words, cancellationToken);

    private static string OccasionOf(Withdrawal withdrawal) => $"withdrawal-overdue:{withdrawal.Id}";

    private static string EndOf(Withdrawal withdrawal) => $"{withdrawal.Id}:{withdrawal.Status.Name()}";
}
