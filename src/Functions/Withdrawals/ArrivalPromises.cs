using WalletFunctions.Domain;

namespace WalletFunctions.Withdrawals;

/// <summary>By when money must have arrived, by the rule and the calendar in force.</summary>
internal sealed class ArrivalPromises(WithdrawalOptions options)
{
    /// <summary>The promise of what leaves at a moment; <c>calendar_not_loaded</c> if a day on the way is not known.</summary>
    public ValueTask<Result<DateTimeOffset>> ForAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        ValueTask.FromResult(options.Promise.For(moment, options.Calendar));
}
