namespace WalletFunctions.Domain.Limits;

/// <summary>A change of the customer's own limits: each may be set, lifted, or left as it is.</summary>
/// <param name="SetsPerTransaction">Whether the limit of one operation changes.</param>
/// <param name="PerTransaction">Minor units; null lifts it.</param>
/// <param name="SetsDaily">Whether the limit of a day changes.</param>
/// <param name="Daily">Minor units; null lifts it.</param>
public sealed record OwnLimitsChange(bool SetsPerTransaction, long? PerTransaction, bool SetsDaily, long? Daily)
{
    /// <summary>The limits after it.</summary>
    public OwnLimits Apply(OwnLimits own) => new(SetsPerTransaction ? PerTransaction : own.PerTransaction, SetsDaily ? Daily : own.Daily);

    /// <summary>Whether more may move after it than before.</summary>
    public bool Raises(OwnLimits own) => IsHigher(Apply(own).PerTransaction, own.PerTransaction) || IsHigher(Apply(own).Daily, own.Daily);

    private static bool IsHigher(long? after, long? before) => before is { } limit && (after is null || after > limit);
}
