using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>/v1/admin/findings.</summary>
public sealed class FindingHttp(FindingDesk desk, Idempotency idempotency, AuditLog audit)
{
    [Function("ListFindings")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("What reconciliation found, newest first", Response = typeof(FindingAnswer), IsList = true, Query = ["state"])]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/findings")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        var state = StateOf(request.Query["state"].ToString());
        if ((page.Error ?? state.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        var (items, continuation) = await desk.ListAsync(state.Value!.State, page.Value!, cancellationToken);
        return Answers.List(items.Select(FindingAnswer.Of).ToList(), continuation);
    }

    [Function("GetFinding")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("A finding", Response = typeof(FindingAnswer), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/findings/{findingId}")] HttpRequest request, string findingId, CancellationToken cancellationToken) =>
        Id.TryParse<FindingId>(findingId, out var id) && await desk.FindAsync(id, cancellationToken) is { } finding
            ? Answers.Ok(FindingAnswer.Of(finding))
            : Answers.Problem(request, PlatformErrors.NotFound);

    [Function("ResolveFinding")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Say that a finding has been dealt with, and how; found again, it is open again", Request = typeof(ResolveRequest), Response = typeof(FindingAnswer), Key = true,
        Codes = ["not_found", "finding_resolved"])]
    public async Task<IResult> ResolveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/findings/{findingId}/resolve")] HttpRequest request, string findingId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var reason = form.RequiredString("reason", 500);
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        if (!Id.TryParse<FindingId>(findingId, out var id))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var caller = request.Caller();
        return await idempotency.RunAsync(request, $"POST /v1/admin/findings/{id}/resolve", form, async _ =>
        {
            var resolved = await desk.ResolveAsync(id, caller.Account, reason, cancellationToken);
            if (!resolved.IsOk)
            {
                return StoredAnswer.Problem(request, resolved.Error);
            }

            await audit.AddAsync(caller, "finding.resolve", id.Value, new { kind = resolved.Value.Finding.Kind }, cancellationToken);
            return StoredAnswer.Ok(FindingAnswer.Of(resolved.Value));
        }, cancellationToken);
    }

    private static Result<Wanted> StateOf(string text) => text switch
    {
        "" => new Wanted(null),
        "open" => new Wanted(FindingState.Open),
        "resolved" => new Wanted(FindingState.Resolved),
        _ => PlatformErrors.Validation([FieldErrors.Invalid("state", new("须为 open 或 resolved。", "it must be open or resolved."))]),
    };

    internal sealed record ResolveRequest(string Reason);

    private sealed record Wanted(FindingState? State);
}

/// <summary>A finding as staff see it.</summary>
/// <param name="Subject">What it is about, unique within the kind.</param>
/// <param name="Expected">What should be stored.</param>
/// <param name="Actual">What is stored.</param>
/// <param name="Times">How often it was opened.</param>
internal sealed record FindingAnswer(
    FindingId FindingId, FindingKind Kind, FindingState State, string Subject, WalletId? WalletId, long? EntryNumber, string? OperationId, Money? Amount, string? Expected, string? Actual,
    DateTimeOffset FirstSeen, DateTimeOffset LastSeen, ReconciliationId ReconciliationId, int Times, ConversationId? ConversationId, DateTimeOffset? ResolvedAt, AccountId? ResolvedBy, string? Resolution)
{
    public static FindingAnswer Of(StoredFinding stored) => new(
        stored.Finding.Id, stored.Finding.Kind, stored.State, stored.Finding.Subject, stored.Finding.Book, stored.Finding.Number, stored.Finding.Operation,
        stored.Finding.Amount is { } amount ? Money.Fen(amount) : null, stored.Finding.Expected, stored.Finding.Actual,
        stored.FirstSeen, stored.LastSeen, stored.Run, stored.Times, stored.Conversation, stored.ResolvedAt, stored.ResolvedBy, stored.Resolution);
}
