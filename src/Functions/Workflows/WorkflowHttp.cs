using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Workflows;

/// <summary>/v1/admin/workflows: what runs for days, for those who watch over it.</summary>
public sealed class WorkflowHttp(WorkflowDesk desk, Idempotency idempotency)
{
    private const int LongestReason = 500;
    private const int LongestState = 40;

    [Function("ListWorkflows")]
    [Access(Role.Admin)]
    [Operation("Workflows, oldest first: those that have not ended as they should, or those of one runtime status; by state and by age (olderThan=2.00:00:00)",
        Response = typeof(WorkflowView), IsList = true, Query = ["kind", "state", "olderThan", "runtime"])]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/workflows")] HttpRequest request, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        var filter = FilterOf(request);
        if ((page.Error ?? filter.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        var (items, next) = await desk.ListAsync(durable, filter.Value!, page.Value!, cancellationToken);
        return Answers.List(items, next);
    }

    [Function("GetWorkflow")]
    [Access(Role.Admin)]
    [Operation("A workflow as it stands", Response = typeof(WorkflowView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/workflows/{workflowId}")] HttpRequest request,
        string workflowId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) =>
        await desk.FindAsync(durable, workflowId, cancellationToken) is { } found ? Answers.Ok(found) : Answers.Problem(request, PlatformErrors.NotFound);

    [Function("SuspendWorkflow")]
    [Access(Role.Admin)]
    [Operation("Let a workflow do nothing until it is resumed; what happens meanwhile is kept for it", Request = typeof(WorkflowRequest), Response = typeof(WorkflowView), Key = true,
        Codes = ["not_found", "workflow_ended"])]
    public Task<IResult> SuspendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/workflows/{workflowId}/suspend")] HttpRequest request,
        string workflowId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => ActAsync(request, workflowId, WorkflowAct.Suspend, durable, cancellationToken);

    [Function("ResumeWorkflow")]
    [Access(Role.Admin)]
    [Operation("Let a suspended workflow go on", Request = typeof(WorkflowRequest), Response = typeof(WorkflowView), Key = true, Codes = ["not_found", "workflow_ended"])]
    public Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/workflows/{workflowId}/resume")] HttpRequest request,
        string workflowId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => ActAsync(request, workflowId, WorkflowAct.Resume, durable, cancellationToken);

    [Function("RestartWorkflow")]
    [Access(Role.Admin)]
    [Operation("Begin a stuck workflow anew over what is stored; nothing that was done is done again", Request = typeof(WorkflowRequest), Response = typeof(WorkflowView), Key = true,
        Codes = ["not_found", "service_unavailable", "workflow_ended"])]
    public Task<IResult> RestartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/workflows/{workflowId}/restart")] HttpRequest request,
        string workflowId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => ActAsync(request, workflowId, WorkflowAct.Restart, durable, cancellationToken);

    [Function("TerminateWorkflow")]
    [Access(Role.Admin)]
    [Operation("End a workflow and give back what it holds, where that is provably safe", Request = typeof(WorkflowRequest), Response = typeof(WorkflowView), Key = true,
        Codes = ["bank_may_have_payout", "not_found", "refund_being_paid", "workflow_ended"])]
    public Task<IResult> TerminateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/workflows/{workflowId}/terminate")] HttpRequest request,
        string workflowId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => ActAsync(request, workflowId, WorkflowAct.Terminate, durable, cancellationToken);

    private async Task<IResult> ActAsync(HttpRequest request, string workflowId, WorkflowAct act, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var reason = form.Value.OptionalString("reason", LongestReason, multiline: true);
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        return await idempotency.RunAsync(request, $"POST /v1/admin/workflows/{workflowId}/{act.ToString().ToLowerInvariant()}", form.Value, async _ =>
        {
            var done = await desk.ActAsync(durable, workflowId, act, reason, request.Caller(), cancellationToken);
            return done.IsOk ? StoredAnswer.Ok(done.Value) : StoredAnswer.Problem(request, done.Error);
        }, cancellationToken);
    }

    private Result<WorkflowFilter> FilterOf(HttpRequest request)
    {
        var wrong = new List<FieldError>();
        var (kind, state, age, runtime) = (Query("kind"), Query("state"), Query("olderThan"), Query("runtime"));
        if (kind is not null && desk.KindNamed(kind) is null)
        {
            var names = string.Join(", ", desk.KindNames);
            wrong.Add(FieldErrors.Invalid("kind", new($"须为 {names} 之一。", $"it must be one of {names}.")));
        }

        if (state is not null && (state.Length > LongestState || state.Any(c => c is not (>= 'a' and <= 'z' or '_'))))
        {
            wrong.Add(FieldErrors.Invalid("state", new("须为状态名，例如 in_review。", "it must be a state's name, such as in_review.")));
        }

        TimeSpan olderThan = default;
        if (age is not null && (!TimeSpan.TryParse(age, out olderThan) || olderThan < TimeSpan.Zero || olderThan > TimeSpan.FromDays(3650)))
        {
            wrong.Add(FieldErrors.Invalid("olderThan", new("须为时长，例如 2.00:00:00。", "it must be a length of time, such as 2.00:00:00.")));
        }

        var status = Enum.GetValues<OrchestrationRuntimeStatus>().Cast<OrchestrationRuntimeStatus?>().FirstOrDefault(one => WorkflowView.RuntimeOf(one!.Value) == runtime);
        if (runtime is not null && status is null)
        {
            wrong.Add(FieldErrors.Invalid("runtime", new("须为运行状态，例如 suspended。", "it must be a runtime status, such as suspended.")));
        }

        return wrong.Count > 0
            ? PlatformErrors.Validation(wrong)
            : new WorkflowFilter(kind is null ? null : desk.KindNamed(kind), state, age is null ? null : olderThan, status);

        string? Query(string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;
    }
}
