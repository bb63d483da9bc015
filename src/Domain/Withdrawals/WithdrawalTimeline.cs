namespace WalletFunctions.Domain.Withdrawals;

/// <summary>What a line of the timeline tells; its words come from <see cref="WithdrawalTimeline"/>, in the reader's language.</summary>
public enum TimelineNote
{
    /// <summary>The money was set aside.</summary>
    Reserved,

    /// <summary>A person looks at it.</summary>
    InReview,

    /// <summary>Approved in review.</summary>
    Approved,

    /// <summary>On its way to the bank.</summary>
    Submitted,

    /// <summary>The bank could not take it just now.</summary>
    BankBusy,

    /// <summary>Not there by the promised day.</summary>
    Overdue,

    /// <summary>Arrived.</summary>
    Settled,

    /// <summary>Turned down by the bank.</summary>
    Rejected,

    /// <summary>Not approved in review.</summary>
    RefusedInReview,

    /// <summary>Nobody looked at it in time.</summary>
    ExpiredInReview,

    /// <summary>The order was not taken.</summary>
    Failed,

    /// <summary>Came back after arriving.</summary>
    Returned,

    /// <summary>Taken back by the customer.</summary>
    Cancelled,

    /// <summary>Ended by staff.</summary>
    Stopped,
}

/// <summary>One line of a withdrawal's timeline.</summary>
/// <param name="At">When, by the business clock.</param>
/// <param name="Status">Where the withdrawal stood from then on.</param>
/// <param name="Note">What it tells.</param>
/// <param name="Reason">The bank's reason, if it gave one.</param>
/// <param name="InSuspense">Whether the money came back to a wallet that was closed by then.</param>
public sealed record TimelineEntry(DateTimeOffset At, WithdrawalStatus Status, TimelineNote Note, string? Reason = null, bool InSuspense = false)
{
    /// <summary>The line in words.</summary>
    public Text Words => WithdrawalTimeline.Words(Note, Reason, InSuspense);
}

/// <summary>The words of the timeline.</summary>
public static class WithdrawalTimeline
{
    private static readonly Text Back = new("资金已退回您的钱包余额", "the money is available in your wallet again");
    private static readonly Text Kept = new("您的钱包已注销，资金由我们保管，客服会联系您退回", "your wallet is closed, so we keep the money for you, and our support gets in touch");

    /// <summary>A note in both languages, with the bank's reason behind it where there is one.</summary>
    /// <param name="note">What it tells.</param>
    /// <param name="reason">The bank's.</param>
    /// <param name="inSuspense">Whether money that came back could not reach the wallet.</param>
    public static Text Words(TimelineNote note, string? reason, bool inSuspense = false)
    {
        var words = Words(note, inSuspense ? Kept : Back);
        return reason is null ? words : new($"{words.Zh}（银行说明：{reason}）", $"{words.En} (The bank says: {reason})");
    }

    private static Text Words(TimelineNote note, Text money) => note switch
    {
        TimelineNote.Reserved => new("提现已受理，资金已冻结在您的钱包中。", "We have your request; the money is set aside in your wallet."),
        TimelineNote.InReview => new("我们正在人工核对这笔提现，最多需要一天。您可以随时取消。", "A person looks at this withdrawal, within a day at most. You can cancel it at any time."),
        TimelineNote.Approved => new("核对已通过，正在提交银行。", "Approved; it goes to the bank now."),
        TimelineNote.Submitted => new("已提交银行处理。", "Sent to the bank."),
        TimelineNote.BankBusy => new("银行暂时无法受理，我们会继续尝试。您仍可取消。", "The bank could not take it just now; we keep trying. You can still cancel."),
        TimelineNote.Overdue => new("未能在承诺的时间内到账，我们已请客服优先跟进，资金仍安全冻结。", "It did not arrive when we promised. Our support is on it with priority; the money is safe and still set aside."),
        TimelineNote.Settled => new("已到账。", "It has arrived at your bank."),
        TimelineNote.Rejected => new($"银行拒绝了这笔付款，{money.Zh}。", $"The bank turned it down; {money.En}."),
        TimelineNote.RefusedInReview => new($"核对后未能通过，{money.Zh}。", $"It was not approved; {money.En}."),
        TimelineNote.ExpiredInReview => new(
            $"一天内未能完成人工核对，这笔提现未提交银行，{money.Zh}。您可以重新申请。",
            $"Nobody could look at it within a day, so it was not sent; {money.En}. You may ask anew."),
        TimelineNote.Failed => new($"银行未受理这笔付款，{money.Zh}。", $"The bank would not take the order; {money.En}."),
        TimelineNote.Returned => new($"银行退回了这笔付款，{money.Zh}。", $"The bank sent it back; {money.En}."),
        TimelineNote.Stopped => new($"客服已终止这笔提现，银行没有付款，{money.Zh}。", $"Our support ended it; the bank did not pay, and {money.En}."),
        TimelineNote.Cancelled => new($"已取消，{money.Zh}。", $"Cancelled; {money.En}."),
    };
}
