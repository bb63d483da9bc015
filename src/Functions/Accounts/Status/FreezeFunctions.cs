using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Status;

/// <summary>/v1/me/freeze: whoever fears for their money stops it at once. Reading, chat and sessions go on; only staff lets money move again.</summary>
public sealed class FreezeFunctions(AccountStatuses statuses, UnfreezeRequests requests, Idempotency idempotency)
{
    private const int LongestReason = 500;

    [Function("FreezeMe")]
    [Access(Role.Customer)]
    [Operation("Freeze one's own account at once", Request = typeof(FreezeRequest), Response = typeof(FreezeAnswer), Key = true)]
    public async Task<IResult> Freeze([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/freeze")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var caller = request.Caller();
        return await idempotency.RunAsync(request, "POST /v1/me/freeze", read.Value.Form, async operation =>
        {
            await statuses.FreezeAsync(caller.Wallet, FreezeSource.Customer, operation.Seed, cancellationToken);
            return StoredAnswer.Ok(new FreezeAnswer(caller.Account, AccountStatus.Frozen));
        }, cancellationToken);
    }

    [Function("AskToUnfreeze")]
    [Access(Role.Customer)]
    [Operation("Ask staff to unfreeze one's account", Request = typeof(FreezeRequest), Response = typeof(UnfreezeAnswer), Status = 202, Key = true, Codes = ["account_not_frozen"])]
    public async Task<IResult> AskToUnfreeze([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/unfreeze-requests")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (form, reason) = read.Value;
        return await idempotency.RunAsync(request, "POST /v1/me/unfreeze-requests", form, async operation =>
        {
            var asked = await requests.AskAsync(request.Caller(), reason, Convert.ToHexStringLower(operation.Seed), cancellationToken);
            return asked.IsOk ? StoredAnswer.Accepted(new UnfreezeAnswer(asked.Value, "requested")) : StoredAnswer.Problem(request, asked.Error);
        }, cancellationToken);
    }

    private static async Task<Result<(JsonForm Form, string? Reason)>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return read.Error;
        }

        var reason = read.Value.OptionalString("reason", LongestReason, multiline: true);
        return read.Value.Finish() is { } mistake ? mistake : (read.Value, reason);
    }

    internal sealed record FreezeRequest(string? Reason);

    internal sealed record FreezeAnswer(AccountId AccountId, AccountStatus Status);

    internal sealed record UnfreezeAnswer(ConversationId ConversationId, string Status);
}
