using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>/v1/attempts: every refused move, and why.</summary>
public sealed class AttemptHttp(AttemptBook attempts, AuditLog audit)
{
    /// <summary>One page of the caller's refused moves.</summary>
    [Function("ListAttempts")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The caller's refused moves", Response = typeof(AttemptView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/attempts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (found, next) = await attempts.ListAsync(request.Caller().Wallet, page.Value, cancellationToken);
        return Answers.List(found.Select(AttemptView.Of).ToList(), next);
    }

    /// <summary>One refused move, by the id of its request.</summary>
    [Function("GetAttempt")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("One refused move", Response = typeof(AttemptView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/attempts/{requestId}")] HttpRequest request, string requestId, CancellationToken cancellationToken) =>
        await attempts.FindAsync(request.Caller().Wallet, requestId, cancellationToken) is { } attempt
            ? Answers.Ok(AttemptView.Of(attempt))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>Why it was refused: the decision replayed, and the smallest change that would have passed.</summary>
    [Function("GetAttemptWhy")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("Why a move was refused", Response = typeof(WhyView), Codes = ["not_found"])]
    public async Task<IResult> WhyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/attempts/{requestId}/why")] HttpRequest request, string requestId, CancellationToken cancellationToken) =>
        await attempts.FindAsync(request.Caller().Wallet, requestId, cancellationToken) is { } attempt
            ? Answers.Ok(AttemptBook.Why(attempt, request.Caller().Language))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>The same answer for support, who has the customer's request id and wallet.</summary>
    [Function("GetInboxAttemptWhy")]
    [Access(Role.Staff)]
    [Operation("Why a customer's move was refused", Response = typeof(WhyView), Query = ["walletId"], Codes = ["not_found"])]
    public async Task<IResult> StaffWhyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/inbox/attempts/{requestId}/why")] HttpRequest request, string requestId, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<WalletId>(request.Query["walletId"].ToString(), out var wallet))
        {
            return Answers.Problem(request, PlatformErrors.Validation(
                [FieldErrors.Invalid("walletId", new("须为 wal_ 开头的编号。", "it must be an id that starts with wal_."))]));
        }

        if (await attempts.FindAsync(wallet, requestId, cancellationToken) is not { } attempt)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        await audit.AddAsync(request.Caller(), "attempt.read", wallet.Value, new { attempt = attempt.RequestId }, cancellationToken);
        return Answers.Ok(AttemptBook.Why(attempt, request.Caller().Language));
    }
}
