using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;

namespace WalletFunctions.Reconciliation;

/// <summary>What agents read of a finding. Ids, codes and numbers only.</summary>
internal static class FindingWords
{
    public static (Text Subject, Text Event) Of(Finding finding)
    {
        var what = What(finding.Kind);
        var (zh, en) = (new List<string> { what.Zh }, new List<string> { what.En });
        Add("账本", "Book", finding.Book?.Value);
        Add("分录", "Entry", finding.Number?.ToString());
        Add("操作", "Operation", finding.Operation);
        Add("金额（分）", "Amount in fen", finding.Amount?.ToString());
        Add("应为", "Expected", finding.Expected);
        Add("实为", "Actual", finding.Actual);
        Add("对象", "Subject", finding.Subject);
        return (new($"对账差异：{what.Zh}", $"Reconciliation: {what.En}"), new(string.Join(" ", zh), string.Join(" ", en)));

        void Add(string nameZh, string nameEn, string? value)
        {
            if (value is not null)
            {
                zh.Add($"{nameZh}：{value}。");
                en.Add($"{nameEn}: {value}.");
            }
        }
    }

    private static Text What(FindingKind kind) => kind switch
    {
        FindingKind.EntryMissing => new("分录缺失。", "An entry is missing."),
        FindingKind.EntryChanged => new("分录内容被改动。", "An entry was changed."),
        FindingKind.EntryAmountChanged => new("分录金额被改动。", "An entry's amount was changed."),
        FindingKind.EntryTimeChanged => new("分录时间被改动。", "An entry's time was changed."),
        FindingKind.EntryDoubled => new("分录重复。", "An entry stands twice."),
        FindingKind.EntryUnknown => new("存在来历不明的分录。", "An entry of unknown origin."),
        FindingKind.HashChanged => new("分录哈希被改动。", "An entry's stored hash was changed."),
        FindingKind.HeadChanged => new("账本余额与分录不符。", "A book's head does not agree with its entries."),
        FindingKind.OperationMissing => new("分录没有操作记录。", "An entry has no operation row."),
        FindingKind.OperationChanged => new("操作记录与分录不符。", "An operation row names an entry that is not its own."),
        FindingKind.HoldChanged => new("冻结记录与分录不符。", "A hold does not agree with its entries."),
        FindingKind.HoldMissing => new("冻结记录缺失。", "A hold's row is missing."),
        FindingKind.HoldUnknown => new("存在来历不明的冻结记录。", "A hold that no entry placed."),
        FindingKind.HoldPurposeDiffers => new("冻结与其业务状态不符。", "A hold and what it is for disagree."),
        FindingKind.RefundDiffers => new("付款与其退款记录不符。", "A payment and its refunds disagree."),
        FindingKind.CreditMissing => new("付款后长时间未入账。", "A debit has had no credit for too long."),
        FindingKind.CreditDoubled => new("同一付款多次入账。", "A transfer was credited more than once."),
        FindingKind.CreditWithoutDebit => new("入账没有对应付款。", "A credit has no debit."),
        FindingKind.DebitDoubled => new("同一转账多次付款。", "A transfer was debited more than once."),
        FindingKind.TransferAmountDiffers => new("付款与入账金额不符。", "Debit and credit are of different amounts."),
        FindingKind.TotalsDiffer => new("全部账本合计不平。", "The books together do not add up."),
        FindingKind.BookMissing => new("账本缺失。", "A book is missing."),
        FindingKind.BookRewritten => new("账本在存证后被改写。", "A book was rewritten after it was anchored."),
        FindingKind.AnchorMissing => new("每日存证缺失。", "A day's anchor is missing."),
        FindingKind.AnchorChanged => new("每日存证被改动。", "A day's anchor was changed."),
        FindingKind.FileMissing => new("未收到对账文件。", "A daily file has not come."),
        FindingKind.FileUnreadable => new("对账文件不完整或签名无效。", "A daily file is cut off or not signed."),
        FindingKind.ItemMissing => new("对方文件缺少该笔。", "The other side's file lacks an item of ours."),
        FindingKind.ItemUnknown => new("对方文件有我方没有的一笔。", "The other side's file has an item that is not ours."),
        FindingKind.ItemDoubled => new("对方文件重复。", "The other side's file has an item twice."),
        FindingKind.ItemAmountDiffers => new("对方文件金额不符。", "The other side's file tells another amount."),
        FindingKind.ItemWrongDay => new("对方文件日期不符。", "The other side's file tells another day."),
    };
}
