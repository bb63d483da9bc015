using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

/// <summary>/v1/transfers/{id}/recall and /v1/recalls: getting a mistaken transfer back, with the payee's consent.</summary>
public sealed class RecallHttp(RecallDesk desk, RecallTable table, Idempotency idempotency, Secrets secrets)
{
    private const int LongestReason = 200;

    /// <summary>Asks the payee. Nothing is taken back without the payee's word; three days of silence bring a person in.</summary>
    [Function("AskRecall")]
    [Access(Role.Customer)]
    [Operation("Ask the payee to give a transfer back", Request = typeof(AskForRecall), Response = typeof(RecallView), Status = 201, Key = true,
        Codes = ["not_found", "not_recallable", "already_reversed"])]
    public async Task<IResult> AskAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/transfers/{transactionId}/recall")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        if (IdempotencyKey.Read(request) is { IsOk: false, Error: { } noKey })
        {
            return Answers.Problem(request, noKey);
        }

        var read = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var reason = read.Value.OptionalString("reason", LongestReason);
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return Id.TryParse<TransactionId>(transactionId, out var id)
            ? await idempotency.RunAsync(request, $"POST /v1/transfers/{id}/recall", read.Value, async _ =>
            {
                var asked = await desk.AskAsync(request.Caller(), id, reason, cancellationToken);
                return asked.IsOk
                    ? StoredAnswer.Created(RecallView.Of(asked.Value), $"/api/v1/transfers/{id}/recall")
                    : StoredAnswer.Problem(request, asked.Error);
            }, cancellationToken)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>The recall of one transfer, for its payer and its payee.</summary>
    [Function("GetRecall")]
    [Access(Role.Customer)]
    [Operation("The recall of a transfer", Response = typeof(RecallView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transfers/{transactionId}/recall")] HttpRequest request, string transactionId, CancellationToken cancellationToken) =>
        Id.TryParse<TransactionId>(transactionId, out var id) && await desk.FindAsync(request.Caller(), id, cancellationToken) is { } recall
            ? Answers.Ok(RecallView.Of(recall))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>What the caller is asked to give back.</summary>
    [Function("ListRecalls")]
    [Access(Role.Customer)]
    [Operation("What the caller is asked to give back", Response = typeof(RecallView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/recalls")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, next) = await table.ListAsync(request.Caller().Wallet, page.Value, cancellationToken);
        return Answers.List(items.Select(RecallView.Of).ToList(), next);
    }

    /// <summary>The payee's word. Agreement returns the money at once, in a new transaction.</summary>
    [Function("DecideRecall")]
    [Access(Role.Customer)]
    [Operation("Give a transfer back, or keep it", Request = typeof(RecallDecision), Response = typeof(RecallView), Key = true,
        Codes = ["not_found", "recall_decided", "already_reversed", "already_in_progress", "insufficient_funds", "account_frozen", "wallet_frozen"])]
    public async Task<IResult> DecideAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/transfers/{transactionId}/recall/decision")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        var isId = Id.TryParse<TransactionId>(transactionId, out var id);
        var read = await MoneyRequest.ReadAsync(request, $"POST /v1/transfers/{(isId ? id.Value : "-")}/recall/decision", secrets, RecallDecision.Ask, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, decision) = read.Value;
        return isId && await desk.DecideAsync(money, id, decision.Agree, cancellationToken) is { } outcome
            ? money.Answer(outcome)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    internal sealed record AskForRecall(string? Reason);

    internal sealed record RecallDecision(bool Agree)
    {
        public static RecallDecision Ask(JsonForm form)
        {
            if (form.OptionalBool("agree") is { } agree)
            {
                return new RecallDecision(agree);
            }

            if (!form.Has("agree"))
            {
                form.Fail(FieldErrors.Missing("agree"));
            }

            return new RecallDecision(false);
        }
    }
}
