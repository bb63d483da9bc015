using WalletFunctions.Domain;

namespace WalletFunctions.Reconciliation;

internal static class ReconciliationErrors
{
    /// <summary>Somebody has dealt with it before, in other words.</summary>
    public static DomainError FindingResolved { get; } = new("finding_resolved", ErrorKind.Conflict,
        new("该差异已处理。", "This finding has been resolved before."));
}
