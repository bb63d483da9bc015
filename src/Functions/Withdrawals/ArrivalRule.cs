using Microsoft.Extensions.Configuration;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Withdrawals;

/// <summary>How promises are counted here: <c>Withdrawals:WorkingDays</c> (1 to 3) and <c>Withdrawals:CutOff</c> (<c>17:00</c>, Asia/Shanghai).</summary>
internal static class ArrivalRule
{
    /// <exception cref="InvalidOperationException">A setting is out of range.</exception>
    public static ArrivalPromise From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Withdrawals");
        var workingDays = section.GetValue("WorkingDays", ArrivalPromise.Default.WorkingDays);
        return workingDays is < 1 or > 3 || !TimeOnly.TryParse(section["CutOff"] ?? ArrivalPromise.Default.CutOff.ToString("HH:mm"), out var cutOff)
            ? throw new InvalidOperationException("Set Withdrawals:WorkingDays to 1, 2 or 3, and Withdrawals:CutOff to a time such as 17:00.")
            : new ArrivalPromise(workingDays, cutOff);
    }
}
