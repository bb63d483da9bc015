using Microsoft.Extensions.Configuration;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Withdrawals;

/// <summary>What may differ from place to place.</summary>
/// <param name="Promise"><c>Withdrawals:WorkingDays</c> (1 to 3) and <c>Withdrawals:CutOff</c> (<c>17:00</c>, Asia/Shanghai).</param>
/// <param name="Calendar">The published working days.</param>
internal sealed record WithdrawalOptions(ArrivalPromise Promise, WorkingCalendar Calendar)
{
    /// <exception cref="InvalidOperationException">A setting is out of range.</exception>
    public static WithdrawalOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Withdrawals");
        var workingDays = section.GetValue("WorkingDays", ArrivalPromise.Default.WorkingDays);
        if (workingDays is < 1 or > 3 || !TimeOnly.TryParse(section["CutOff"] ?? ArrivalPromise.Default.CutOff.ToString("HH:mm"), out var cutOff))
        {
            throw new InvalidOperationException("Set Withdrawals:WorkingDays to 1, 2 or 3, and Withdrawals:CutOff to a time such as 17:00.");
        }

        return new WithdrawalOptions(new ArrivalPromise(workingDays, cutOff), MainlandChina.Calendar);
    }
}
