using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Wallet.Statements;

/// <summary>What a statement is written with, whatever its form.</summary>
internal static class StatementWords
{
    public static Text Title { get; } = new("钱包对账单", "Wallet statement");

    public static Text Number { get; } = new("序号", "Entry");

    public static Text Time { get; } = new("时间（北京时间）", "Time (UTC+8)");

    public static Text Transaction { get; } = new("交易编号", "Transaction");

    public static Text Kind { get; } = new("类型", "Kind");

    public static Text Counterparty { get; } = new("对方", "Counterparty");

    public static Text Note { get; } = new("备注", "Note");

    public static Text In { get; } = new("收入（元）", "In (CNY)");

    public static Text Out { get; } = new("支出（元）", "Out (CNY)");

    public static Text Fee { get; } = new("其中手续费（元）", "Of which fees (CNY)");

    public static Text HeldChange { get; } = new("冻结变动（元）", "Change in held (CNY)");

    public static Text Available { get; } = new("可用余额（元）", "Available (CNY)");

    public static Text Held { get; } = new("冻结余额（元）", "Held (CNY)");

    public static Text Count { get; } = new("笔数", "Count");

    public static Text Opening { get; } = new("期初余额", "Opening balance");

    public static Text Closing { get; } = new("期末余额", "Closing balance");

    public static Text Subtotal { get; } = new("小计", "Subtotal");

    public static Text Total { get; } = new("合计", "Total");

    public static Text SoFar(DateTimeOffset at) => new($"截至 {At(at)} 余额（本月尚未结束）", $"Balance so far, as of {At(at)} (the month has not ended)");

    /// <summary>Yuan with two digits and nothing else, so that spreadsheets calculate with it.</summary>
    public static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"{(fen < 0 ? "-" : "")}{Math.Abs(fen / 100)}.{Math.Abs(fen % 100):D2}");

    /// <summary>In Shanghai, to the second.</summary>
    public static string At(DateTimeOffset time) => time.ToOffset(Shanghai.Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The transaction that an entry is, or belongs to.</summary>
    public static string TransactionOf(Entry entry) =>
        Operations.TransactionOf(TransactionKinds.Shows(entry.Kind) ? entry.Operation : Operations.HoldOf(entry.Operation)).Value;

    public static string CounterpartyOf(Entry entry) => string.Join(' ', new[] { entry.Party?.Name, entry.Party?.Wallet?.Value }.OfType<string>());
}
