using System.Text.RegularExpressions;
using Microsoft.DurableTask.Client;

namespace WalletFunctions.Workflows;

/// <summary>A workflow as operators see it.</summary>
/// <param name="State">The stored thing's status.</param>
/// <param name="Runtime">The orchestration's: <c>pending</c>, <c>running</c>, <c>suspended</c>, <c>completed</c>, <c>failed</c> or <c>terminated</c>.</param>
/// <param name="Since">When it began, by the business clock.</param>
/// <param name="LastUpdatedAt">When the orchestration last did something.</param>
/// <param name="Failure">What kind of fault ended it, where one did.</param>
internal sealed partial record WorkflowView(
    string WorkflowId, string Kind, string State, string Runtime, bool Overdue, DateTimeOffset Since, DateTimeOffset LastUpdatedAt, string? Failure)
{
    public static WorkflowView Of(IWorkflowKind kind, OrchestrationMetadata instance, WorkflowFacts facts) => new(
        instance.InstanceId, kind.Kind, facts.State, RuntimeOf(instance.RuntimeStatus), facts.Overdue, facts.Since, instance.LastUpdatedAt, FailureOf(instance));

    /// <summary>
    /// The fault's type. Lists, and the Azure Storage back end also for one instance, tell it only as the output of what failed:
    /// the type, a colon and the message, which is for nobody's eyes here.
    /// </summary>
    public static string? FailureOf(OrchestrationMetadata instance) => instance switch
    {
        { FailureDetails: { } failure } => failure.ErrorType,
        { RuntimeStatus: OrchestrationRuntimeStatus.Failed, SerializedOutput: { } said } when TypeInFront().Match(said) is { Success: true } type => type.Value,
        _ => null,
    };

    public static string RuntimeOf(OrchestrationRuntimeStatus status) => status.ToString().ToLowerInvariant();

    [GeneratedRegex(@"^[\w+`]+(\.[\w+`]+)+(?=: )", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeInFront();
}

/// <summary>Which workflows are asked for; null leaves a filter open.</summary>
/// <param name="State">The stored thing's status.</param>
/// <param name="OlderThan">Its least age.</param>
/// <param name="Runtime">The orchestration's status; open: all but those that ended as they should.</param>
internal sealed record WorkflowFilter(IWorkflowKind? Kind, string? State, TimeSpan? OlderThan, OrchestrationRuntimeStatus? Runtime);

/// <summary>The body of what is done to a workflow.</summary>
internal sealed record WorkflowRequest(string? Reason);
