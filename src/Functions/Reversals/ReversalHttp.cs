using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Reversals;

/// <summary>/v1/transactions/{id}/reversals: staff takes a committed transaction back.</summary>
public sealed class ReversalHttp(ReversalDesk desk, Idempotency idempotency, AuditLog audit)
{
    private const int LongestReason = 140;

    /// <summary>Takes a transaction back, with its fee, by a new one. Refused where whoever got the money no longer has it.</summary>
    [Function("ReverseTransaction")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Take a transaction back by a new one", Request = typeof(ReverseTransaction), Response = typeof(ReversalAnswer), Status = 201, Key = true,
        Codes = ["not_found", "not_reversible", "already_reversed", "already_in_progress", "payee_short_of_money", "wallet_frozen"])]
    public async Task<IResult> ReverseAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/transactions/{transactionId}/reversals")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (wallet, reason) = (read.Value.OptionalId<WalletId>("walletId"), read.Value.RequiredString("reason", LongestReason));
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return Id.TryParse<TransactionId>(transactionId, out var id)
            ? await idempotency.RunAsync(request, $"POST /v1/transactions/{id}/reversals", read.Value, async operation =>
            {
                var made = await desk.ReverseAsync(wallet, id, reason, Convert.ToHexStringLower(operation.Seed.AsSpan(0, 16)), cancellationToken);
                if (!made.IsOk)
                {
                    return StoredAnswer.Problem(request, made.Error);
                }

                var answer = ReversalAnswer.Of(made.Value);
                await audit.AddAsync(request.Caller(), "transaction.reverse", id.Value, answer, cancellationToken);
                return StoredAnswer.Created(answer);
            }, cancellationToken)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    internal sealed record ReverseTransaction(WalletId? WalletId, string Reason);

    internal sealed record ReversalAnswer(
        TransactionId ReversalId, TransactionId Reverses, string Status, Money Amount, Money FeeReturned, WalletId FromWalletId, WalletId? ToWalletId, DateTimeOffset CreatedAt)
    {
        public static ReversalAnswer Of(Reversal reversal) =>
            new(reversal.Id, reversal.Original, "completed", reversal.Amount, reversal.Fee, reversal.From, reversal.To, reversal.At);
    }
}
