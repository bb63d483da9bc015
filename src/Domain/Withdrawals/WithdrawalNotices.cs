using System.Globalization;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Domain.Withdrawals;

/// <summary>What customers are told by message of a withdrawal: the lines of its timeline, but for those that only led to the next.</summary>
public static class WithdrawalNotices
{
    /// <summary>A line that is older is told of no more: it was, and nobody may remember that any longer.</summary>
    public static readonly TimeSpan ToldWithin = TimeSpan.FromDays(45);

    /// <summary>For so many days what is late is spoken of daily, and each time after so many more.</summary>
    private const int DailyDays = 7;

    /// <summary>Nobody is reminded before nine in the morning.</summary>
    private static readonly TimeSpan Morning = TimeSpan.FromHours(9);

    /// <summary>What is to be told of the lines from a number on.</summary>
    /// <param name="withdrawal">The withdrawal as it stands.</param>
    /// <param name="told">How many lines were told of before.</param>
    /// <param name="now">By the business clock.</param>
    /// <returns>The oldest first, each under a key that belongs to its line.</returns>
    public static IEnumerable<(string Key, Text Title, Text Body)> Since(Withdrawal withdrawal, int told, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        for (var i = told; i < withdrawal.Timeline.Count; i++)
        {
            var line = withdrawal.Timeline[i];
            if (now - line.At < ToldWithin && (i == withdrawal.Timeline.Count - 1 || !line.Note.IsPassing()))
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"{withdrawal.Id}:{i}:{line.Note}"), TitleOf(line), BodyOf(withdrawal, line));
            }
        }
    }

    /// <summary>What is to be said by now of one that is late and still open: once a day for a week, then once a week, from nine in the morning in Shanghai on.</summary>
    /// <param name="withdrawal">The withdrawal as it stands.</param>
    /// <param name="now">By the business clock.</param>
    /// <returns>The newest reminder, under a key that belongs to its day; null where there is none.</returns>
    public static (string Key, Text Title, Text Body)? Reminder(Withdrawal withdrawal, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(withdrawal);
        if (withdrawal is not { Overdue: true, Word: null } || !withdrawal.Status.IsOpen())
        {
            return null;
        }

        var told = withdrawal.Timeline.Last(line => line.Note == TimelineNote.Overdue).At;
        var days = Shanghai.DayOf(now - Morning).DayNumber - Shanghai.DayOf(told).DayNumber;
        if (days < 1)
        {
            return null;
        }

        var day = days < DailyDays ? days : days / DailyDays * DailyDays;
        var cancel = withdrawal.NeedsBanksWordToEnd ? new Text("", "") : new Text("您仍可取消。", " You can still cancel it.");
        return (
            string.Create(CultureInfo.InvariantCulture, $"{withdrawal.Id}:late:{day}"),
            new("提现仍在跟进", "Your withdrawal is still being looked after"),
            new(
                $"提现 {withdrawal.Amount} 至尾号 {withdrawal.Card.Last4} 的银行卡仍未到账，客服正在优先跟进，资金仍安全冻结。{cancel.Zh}",
                $"The withdrawal of {withdrawal.Amount} to the card ending in {withdrawal.Card.Last4} has not arrived yet. Our support stays on it with priority; the money is safe and still set aside.{cancel.En}"));
    }

    private static Text TitleOf(TimelineEntry line) => line.Note switch
    {
        TimelineNote.Reserved or TimelineNote.Submitted or TimelineNote.BankBusy or TimelineNote.Approved => new("提现处理中", "Your withdrawal is under way"),
        TimelineNote.InReview => new("提现正在核对", "Your withdrawal is being reviewed"),
        TimelineNote.Overdue => new("提现未能按时到账", "Your withdrawal is late"),
        TimelineNote.Settled => new("提现已到账", "Your withdrawal has arrived"),
        TimelineNote.Returned => new("提现被银行退回", "Your withdrawal came back"),
        TimelineNote.Cancelled or TimelineNote.Stopped => new("提现已取消", "Your withdrawal is cancelled"),
        TimelineNote.Rejected or TimelineNote.RefusedInReview or TimelineNote.ExpiredInReview or TimelineNote.Failed => new("提现未成功", "Your withdrawal did not go through"),
    };

    /// <summary>Without the bank's own reason, which nobody here has read.</summary>
    private static Text BodyOf(Withdrawal withdrawal, TimelineEntry line)
    {
        var words = WithdrawalTimeline.Words(line.Note, null, line.InSuspense);
        var day = Shanghai.DayOf(withdrawal.PromisedBy);
        var promise = line.Note is TimelineNote.Reserved or TimelineNote.Submitted && line.At <= withdrawal.PromisedBy
            ? new Text($"预计不晚于 {day:yyyy-MM-dd} 到账。", $" It arrives on {day:yyyy-MM-dd} at the latest.")
            : new Text("", "");
        return new(
            $"提现 {withdrawal.Amount} 至尾号 {withdrawal.Card.Last4} 的银行卡：{words.Zh}{promise.Zh}",
            $"Withdrawal of {withdrawal.Amount} to the card ending in {withdrawal.Card.Last4}: {words.En}{promise.En}");
    }
}
