using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using WalletFunctions.Workflows;
using Xunit;

namespace Functions.Tests.Workflows;

public sealed class WorkflowViewTests
{
    [Theory]
    [InlineData("Microsoft.DurableTask.TaskFailedException: Task 'Submit' (#3) failed: secret", "Microsoft.DurableTask.TaskFailedException")]
    [InlineData("the whole message: secret", null)]
    [InlineData("secret: bare", null)]
    [InlineData(null, null)]
    public void A_failure_is_told_by_its_type_alone_also_where_the_back_end_keeps_it_in_the_output(string? output, string? told)
    {
        var failed = new OrchestrationMetadata("Step", "one") { RuntimeStatus = OrchestrationRuntimeStatus.Failed, SerializedOutput = output };
        WorkflowView.FailureOf(failed).ShouldBe(told);
        WorkflowView.FailureOf(new("Step", "one") { RuntimeStatus = OrchestrationRuntimeStatus.Completed, SerializedOutput = output }).ShouldBeNull();
        var known = new OrchestrationMetadata("Step", "one") { RuntimeStatus = OrchestrationRuntimeStatus.Failed, FailureDetails = new TaskFailureDetails("System.TimeoutException", "late", null, null, null) };
        WorkflowView.FailureOf(known).ShouldBe("System.TimeoutException");
    }
}
