using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet;

/// <summary>/v1/transactions: the caller's book, newest first.</summary>
public sealed class TransactionHttp(Ledger ledger, TransactionList list, TransactionViews views)
{
    private static readonly SearchValues<char> StepCharacters = SearchValues.Create(":_-abcdefghijklmnopqrstuvwxyz0123456789");

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
        var wallet = request.Caller().Wallet;
        if (!IsTransaction(transactionId) || await ledger.FindEntryAsync(wallet, transactionId, cancellationToken) is not { } entry || !TransactionKinds.Shows(entry.Kind))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        return Answers.Ok(await views.OfAsync(BookKeys.Partition(wallet), entry, cancellationToken));
    }

    /// <summary>An id, or an id and the step that is a transaction of its own (a returned payout).</summary>
    private static bool IsTransaction(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return text.Length < 100
            && Id.TryParse<TransactionId>(colon < 0 ? text : text[..colon], out _)
            && (colon < 0 || text.AsSpan(colon).IndexOfAnyExcept(StepCharacters) < 0);
    }
}
