using System.Globalization;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Domain.Rules;

/// <summary>Fees and limits in words, as customers read them.</summary>
public static class TariffWords
{
    /// <summary>What an operation costs.</summary>
    /// <param name="rule">Null: free.</param>
    public static Text Of(FeeRule? rule)
    {
        if (rule is null)
        {
            return new Text("免费。", "Free.");
        }

        var zh = new List<string>();
        var en = new List<string>();
        if (rule.RatePerMillion > 0)
        {
            var rounded = Of(rule.Rounding);
            zh.Add($"按应收费金额的 {Percent(rule)}% 收取，{rounded.Zh}");
            en.Add($"{Percent(rule)} % of the chargeable amount, {rounded.En}");
        }

        Add(rule.Minimum, "最低 {0} 元", "at least {0} yuan");
        Add(rule.Maximum ?? 0, "最高 {0} 元", "at most {0} yuan");
        Add(rule.FreeMonthly, "每自然月 {0} 元以内免费", "the first {0} yuan of each calendar month are free");
        Add(rule.FreeEver, "累计 {0} 元以内免费", "the first {0} yuan ever are free");
        return new Text(string.Join("；", zh) + "。", Sentence(string.Join("; ", en)));

        void Add(long fen, string inChinese, string inEnglish)
        {
            if (fen > 0)
            {
                zh.Add(string.Format(CultureInfo.InvariantCulture, inChinese, Yuan(fen)));
                en.Add(string.Format(CultureInfo.InvariantCulture, inEnglish, Yuan(fen)));
            }
        }
    }

    /// <summary>What an operation's limits are.</summary>
    public static Text Of(AmountLimits limits)
    {
        var parts = new[]
        {
            Part(limits.PerTransaction, "单笔", "in one operation"),
            Part(limits.Daily, "每日", "a day"),
            Part(limits.Yearly, "每年", "a year"),
            Part(limits.Lifetime, "终身累计", "ever"),
        }.OfType<Text>().ToList();
        return parts.Count == 0
            ? new Text("不限额。", "No limit.")
            : new Text(string.Join("，", parts.Select(part => part.Zh)) + "。", Sentence("At most " + string.Join(", ", parts.Select(part => part.En))));

        static Text? Part(long? fen, string zh, string en) => fen is { } most ? new Text($"{zh}不超过 {Yuan(most)} 元", $"{Yuan(most)} yuan {en}") : null;
    }

    /// <summary>A rounding rule by what it does.</summary>
    public static Text Of(Rounding rounding) => rounding switch
    {
        Rounding.Down => new Text("不足一分不收", "parts of a fen are not charged"),
        Rounding.HalfUp => new Text("四舍五入到分", "rounded half up to a fen"),
        Rounding.Up => new Text("不足一分按一分", "rounded up to a fen"),
    };

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..] + ".";

    private static string Percent(FeeRule rule) => (rule.RatePerMillion / 10_000m).ToString("0.####", CultureInfo.InvariantCulture);

    private static string Yuan(long fen) => (fen / 100m).ToString("#,##0.00", CultureInfo.InvariantCulture);
}
