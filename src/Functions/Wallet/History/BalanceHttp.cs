using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.History;

/// <summary>/v1/wallet/balance.</summary>
public sealed class BalanceHttp(BookHistory history, TimeProvider clock)
{
    /// <summary>What the caller's wallet held at a past moment; a moment to come counts as now.</summary>
    [Function("GetWalletBalance")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The balance at a past moment", Response = typeof(BalanceAnswer), Query = ["at"], Codes = ["invalid_field"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/wallet/balance")] HttpRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var at = now;
        if (request.Query["at"].ToString() is { Length: > 0 } text)
        {
            if (QueryTime.Parse(text) is not { } asked)
            {
                return Answers.Problem(request, PlatformErrors.Validation([FieldErrors.Invalid("at", QueryTime.Wanted)]));
            }

            at = asked < now ? asked : now;
        }

        var partition = BookKeys.Partition(request.Caller().Wallet);
        var head = (await history.Store.FindHeadAsync(partition, cancellationToken))?.Head;
        var number = head is null ? 0 : at == now ? head.LastNumber : await history.LastAtAsync(partition, head.LastNumber, at, cancellationToken);
        var (available, held) = await history.BalanceAsync(partition, number, cancellationToken);
        return Answers.Ok(new BalanceAnswer(at, number, available, held));
    }

    /// <param name="At">The moment that the balance is of.</param>
    /// <param name="AsOfEntry">The number of the newest entry that it counts; 0 before the first.</param>
    internal sealed record BalanceAnswer(DateTimeOffset At, long AsOfEntry, Money Available, Money Held);
}
