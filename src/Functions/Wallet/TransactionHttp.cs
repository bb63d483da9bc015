using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet;

/// <summary>/v1/transactions: the caller's book, newest first.</summary>
public sealed class TransactionHttp(TransactionList list, TransactionViews views)
{
    /// <summary>One page of the book: those that every filter lets through.</summary>
    [Function("ListTransactions")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The caller's transactions", Response = typeof(TransactionView), IsList = true,
        Query = ["kind", "direction", "from", "to", "counterparty", "status", "minAmount", "maxAmount"], Codes = ["too_long", "validation_failed"])]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transactions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var filter = TransactionFilter.Read(request);
        if (!filter.IsOk)
        {
            return Answers.Problem(request, filter.Error);
        }

        var (items, next) = await list.ReadAsync(request.Caller().Wallet, filter.Value, page.Value, cancellationToken);
        return Answers.List(items, next);
    }

    /// <summary>One transaction.</summary>
    [Function("GetTransaction")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("One transaction", Response = typeof(TransactionView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transactions/{transactionId}")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        return await views.FindAsync(request.Caller().Wallet, transactionId, cancellationToken) is { } row
            ? Answers.Ok(await views.OfAsync(row.PartitionKey, row.ToDomain(), cancellationToken))
            : Answers.Problem(request, PlatformErrors.NotFound);
    }
}
