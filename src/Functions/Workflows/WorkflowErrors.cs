using WalletFunctions.Domain;

namespace WalletFunctions.Workflows;

/// <summary>Refusals of what operators ask of workflows.</summary>
internal static class WorkflowErrors
{
    /// <summary>There is nothing left to suspend, restart or end.</summary>
    public static DomainError Ended { get; } = new("workflow_ended", ErrorKind.Conflict, new("该流程已经结束。", "This workflow has ended."));
}
