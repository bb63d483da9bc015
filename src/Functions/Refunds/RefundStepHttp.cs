using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Files;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>What customers, merchants and support do about a refund.</summary>
public sealed class RefundStepHttp(RefundSteps steps, RefundReader reader, UploadedFiles files, Idempotency idempotency, Secrets secrets, AuditLog audit)
{
    private static readonly LongPoll.Wait Patience = new(TimeSpan.FromSeconds(2));

    [Function("GiveRefundEvidence")]
    [Access(Role.Customer)]
    [Operation("Give the evidence that was asked for", Request = typeof(RefundEvidenceForm), Response = typeof(RefundView), Key = true,
        Codes = ["evidence_file_unknown", "evidence_not_wanted", "precondition_failed", "refund_not_found"])]
    public Task<IResult> GiveEvidenceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/refunds/{refundId}/evidence")] HttpRequest request,
        string refundId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => RunAsync(
            request, refundId, "evidence", RefundEvidenceForm.Ask, asked => asked.Files, asked => (refund, _, now) => refund.GiveEvidence(asked.Text, asked.Files, now), durable, cancellationToken);

    [Function("GiveUpRefund")]
    [Access(Role.Customer)]
    [Operation("Give the request up", Request = typeof(RefundWithdrawal), Response = typeof(RefundView), Key = true, Codes = ["precondition_failed", "refund_not_found", "too_late_to_withdraw"])]
    public Task<IResult> WithdrawAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/refunds/{refundId}/withdraw")] HttpRequest request,
        string refundId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => RunAsync(
            request, refundId, "withdraw", _ => new RefundWithdrawal(), _ => [], _ => (refund, _, now) => refund.Withdraw(now), durable, cancellationToken, bodyOptional: true);

    [Function("AppealRefund")]
    [Access(Role.Customer)]
    [Operation("Appeal against a denial, once", Request = typeof(RefundAppealForm), Response = typeof(RefundView), Key = true,
        Codes = ["already_in_progress", "evidence_file_unknown", "not_appealable", "precondition_failed", "refund_exceeds_payment", "refund_not_found"])]
    public Task<IResult> AppealAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/refunds/{refundId}/appeal")] HttpRequest request,
        string refundId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken) => RunAsync(
            request, refundId, "appeal", RefundEvidenceForm.AskAppeal, asked => asked.Files, asked => (refund, policy, now) => refund.Appeal(asked.Words, asked.Files, policy, now), durable, cancellationToken, bodyOptional: true);

    [Function("DecideRefund")]
    [Access(Role.Merchant | Role.Staff)]
    [Operation("Grant a refund, turn it down, or ask the customer for evidence", Request = typeof(RefundDecision), Response = typeof(RefundView), Key = true,
        Codes = ["already_in_progress", "evidence_rounds_used", "precondition_failed", "refund_not_decidable", "refund_not_found", "second_person_required"])]
    public Task<IResult> DecideAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/refunds/{refundId}/decision")] HttpRequest request,
        string refundId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        return RunAsync(request, refundId, "decision", RefundDecision.Ask, _ => [], asked => (refund, _, now) => caller.Role == Role.Merchant
            ? refund.DecideByMerchant(asked.Decision, asked.Reason, now)
            : refund.DecideBySupport(asked.Decision, asked.Reason, caller.Account, now), durable, cancellationToken);
    }

    /// <summary>A file of the evidence, for everybody whom the refund concerns.</summary>
    [Function("GetRefundEvidence")]
    [Access(Role.SignedIn)]
    [Operation("A file of the evidence", ResponseMediaType = "*/*", Codes = ["refund_not_found"])]
    public async Task<IResult> GetEvidenceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/refunds/{refundId}/evidence/{fileId}")] HttpRequest request,
        string refundId,
        string fileId,
        CancellationToken cancellationToken) =>
        Id.TryParse<RefundId>(refundId, out var id) && Id.TryParse<FileId>(fileId, out var file)
            && await reader.FindAsync(request.Caller(), id, cancellationToken) is { Refund: { } refund }
            && refund.Evidence.Any(round => round.FileIds.Contains(file.Value, StringComparer.Ordinal))
            && await files.FindAsync(file, cancellationToken) is { } stored
            ? await files.AnswerAsync(stored, cancellationToken)
            : Answers.Problem(request, RefundErrors.NotFound);

    private async Task<IResult> RunAsync<T>(
        HttpRequest request,
        string refundId,
        string step,
        Func<JsonForm, T> ask,
        Func<T, IReadOnlyList<string>> filesOf,
        Func<T, Func<Refund, RefundPolicy, DateTimeOffset, Result<Refund>>> decide,
        DurableTaskClient durable,
        CancellationToken cancellationToken,
        bool bodyOptional = false)
    {
        var caller = request.Caller();
        var isId = Id.TryParse<RefundId>(refundId, out var id);
        var route = $"POST /v1/refunds/{(isId ? id.Value : "-")}/{step}";
        var read = await MoneyRequest.ReadAsync(request, route, secrets, ask, cancellationToken, bodyOptional);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, asked) = read.Value;
        if (!isId || await reader.FindBookAsync(caller, id, cancellationToken) is not { } payer)
        {
            return Answers.Problem(request, RefundErrors.NotFound);
        }

        var fileIds = filesOf(asked);
        if (fileIds.Count > 0 && await reader.FindAsync(caller, id, cancellationToken) is null)
        {
            return Answers.Problem(request, RefundErrors.NotFound);
        }

        // Files are tied to the refund only by a step that it would take: what is refused keeps none.
        var isUnknown = fileIds.Count > 0 && await steps.WouldPassAsync(payer, id, decide(asked), cancellationToken) && !await AttachAsync(caller, id, fileIds, cancellationToken);
        var change = new RefundChange(
            step,
            money.Key,
            (refund, policy, now) => isUnknown ? RefundErrors.FileUnknown : decide(asked)(refund, policy, now),
            (refund, policy) => StoredAnswer.Ok(RefundView.Of(refund, policy, caller)),
            money.Refusal)
        {
            Condition = etag => ETags.Check(request, etag),
        };
        if (caller.Role == Role.Customer)
        {
            return await steps.ChangeAsync(payer, id, change, durable, cancellationToken) is { } outcome ? money.Answer(outcome) : Answers.Problem(request, RefundErrors.NotFound);
        }

        return await idempotency.RunAsync(request, route, money.Form, async operation =>
        {
            if (caller.Role != Role.Merchant)
            {
                await audit.AddAsync(caller, $"refund.{step}", id.Value, asked, cancellationToken);
            }

            // A case is opened within a moment: a merchant that comes that early is heard then, not sent away.
            var keyed = change with { Key = RefundKeys.Of(route, money, operation) };
            var outcome = await LongPoll.UntilAsync(Patience, _ => steps.ChangeAsync(payer, id, keyed, durable, cancellationToken), tried => tried is not Outcome.Busy, cancellationToken);
            return RefundKeys.Stored(money, outcome, RefundErrors.NotFound);
        }, cancellationToken);
    }

    /// <summary>Keeps the files with the refund.</summary>
    /// <returns>False if one is not the caller's, or belongs to something else.</returns>
    private async Task<bool> AttachAsync(Caller caller, RefundId refund, IReadOnlyList<string> fileIds, CancellationToken cancellationToken)
    {
        foreach (var text in fileIds)
        {
            if (!Id.TryParse<FileId>(text, out var id)
                || await files.FindAsync(id, caller, cancellationToken) is not { } file
                || file.Owner != caller.AccountId
                || !await files.AttachAsync(id, refund.Value, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }
}
