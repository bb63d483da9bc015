using System.Collections.Frozen;

namespace WalletFunctions.Audit;

/// <summary>The privileged acts, by the names that the log has for them: an act that is not listed here cannot be added to it.</summary>
internal static class AuditActs
{
    public static FrozenSet<string> All { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "account.class",
        "account.freeze",
        "account.unfreeze",
        "account.unlock",
        "attempt.read",
        "biller.change",
        "biller.create",
        "finding.resolve",
        "merchant.change",
        "merchant.create",
        "reconciliation.start",
        "refund.decision",
        "refund.request",
        "review.approve",
        "review.ask",
        "review.deny",
        "review.expire",
        "settings.approve",
        "settings.propose",
        "settings.reject",
        "transaction.reverse",
        "workflow.restart",
        "workflow.resume",
        "workflow.suspend",
        "workflow.terminate",
        "workflow.terminate_refused");
}
