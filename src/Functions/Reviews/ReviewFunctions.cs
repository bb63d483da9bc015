using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Reviews;

/// <summary>/v1/reviews: what waits for a person. Supervisors decide here; agents see the refunds, which they decide at /v1/refunds/{refundId}/decision.</summary>
public sealed class ReviewFunctions(ReviewDesk desk, Idempotency idempotency)
{
    private const int LongestReason = 500;

    /// <summary>What agents may decide, each in its own way, and so may see in the queue.</summary>
    private const string AgentsKind = "refund";

    [Function("ListReviews")]
    [Access(Role.Staff)]
    [Operation("Reviews of all kinds or one: those that wait (status=open, the default), or those that are over (status=decided); agents see kind=refund", Response = typeof(ReviewAnswer), IsList = true, Query = ["kind", "status"])]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/reviews")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (kind, status) = (request.Query["kind"].ToString(), request.Query["status"].ToString());
        if (kind is not ("" or "transfer" or "identity" or "withdrawal" or "refund" or "fraud"))
        {
            return Answers.Problem(request, PlatformErrors.Validation(
                [FieldErrors.Invalid("kind", new("须为 identity、withdrawal、transfer、refund 或 fraud。", "it must be identity, withdrawal, transfer, refund or fraud."))]));
        }

        if (status is not ("" or "open" or "decided"))
        {
            return Answers.Problem(request, PlatformErrors.Validation([FieldErrors.Invalid("status", new("须为 open 或 decided。", "it must be open or decided."))]));
        }

        if (request.Caller().Role == Role.Agent && kind != AgentsKind)
        {
            return Answers.Problem(request, PlatformErrors.Forbidden);
        }

        var (records, next) = await desk.ListAsync(status == "decided", kind.Length == 0 ? null : kind, page.Value, cancellationToken);
        return Answers.List(records.Select(ReviewAnswer.Of).ToList(), next);
    }

    [Function("DecideReview")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Decide a review: the money goes, or is given back; or, of a refund, ask for more", Request = typeof(ReviewRequest), Response = typeof(ReviewAnswer), Key = true,
        Codes = ["account_frozen", "evidence_rounds_used", "not_found", "refund_not_decidable", "review_decided", "second_person_required", "wallet_frozen"])]
    public async Task<IResult> Decide(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/reviews/{reviewId}/decision")] HttpRequest request,
        string reviewId,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var decision = form.Enum<ReviewVerdict>("decision");
        var reason = form.RequiredString("reason", LongestReason, multiline: true);
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return await idempotency.RunAsync(request, $"POST /v1/reviews/{reviewId}/decision", form, async operation =>
        {
            if (!Id.TryParse<ReviewId>(reviewId, out var id))
            {
                return StoredAnswer.Problem(request, PlatformErrors.NotFound);
            }

            var choice = decision switch
            {
                ReviewVerdict.Approve => ReviewOutcome.Approved,
                ReviewVerdict.Deny => ReviewOutcome.Denied,
                ReviewVerdict.Ask => ReviewOutcome.Asked,
            };
            var ended = await desk.DecideAsync(id, choice, reason, new ReviewHand(request.Caller(), durable), Convert.ToHexStringLower(operation.Seed), cancellationToken);
            return ended.IsOk ? StoredAnswer.Ok(ReviewAnswer.Of(ended.Value)) : StoredAnswer.Problem(request, ended.Error);
        }, cancellationToken);
    }

    /// <summary>Reviews whose time is over, and decisions that were not brought to their end.</summary>
    [Function("ExpireReviews")]
    public Task Expire([TimerTrigger("%Reviews:Schedule%")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken) =>
        desk.RunDueAsync(durable, cancellationToken);

    internal enum ReviewVerdict
    {
        Approve,
        Deny,
        Ask,
    }

    internal sealed record ReviewRequest(ReviewVerdict Decision, string Reason);

    internal sealed record ReviewAnswer(
        ReviewId ReviewId,
        string Kind,
        string Status,
        string SubjectId,
        TransactionId TransactionId,
        TransferPurpose? Purpose,
        Money Amount,
        Money Fee,
        ReviewParty Payer,
        ReviewParty Payee,
        string? Note,
        IReadOnlyList<string> Rules,
        DateTimeOffset CreatedAt,
        DateTimeOffset ExpiresAt,
        ConversationId ConversationId,
        AccountId? DecidedBy,
        DateTimeOffset? DecidedAt,
        string? Reason)
    {
        public static ReviewAnswer Of(ReviewRecord record) => new(
            record.ToId(),
            record.Kind,
            record is { IsDone: true, Chosen: { } ended } ? ended.ToLowerInvariant() : record.Chosen is null ? "open" : "deciding",
            record.Operation,
            record.ToTransaction(),
            (TransferPurpose?)record.Purpose,
            Money.Fen(record.Amount),
            Money.Fen(record.Fee),
            new ReviewParty(record.ToPayer(), record.PayerName, record.PayerAccount is { } account ? AccountId.Of(account) : null),
            new ReviewParty(record.Payee is { } payee ? WalletId.Of(payee) : null, record.PayeeName, AccountId: null),
            record.Note,
            record.Rules.Split(',', StringSplitOptions.RemoveEmptyEntries),
            record.CreatedAt,
            record.ExpiresAt,
            ConversationId.Of(record.Conversation),
            record.ChosenBy is { } by ? AccountId.Of(by) : null,
            record.ChosenAt,
            record.Reason);
    }

    internal sealed record ReviewParty(WalletId? WalletId, string? Name, AccountId? AccountId);
}
