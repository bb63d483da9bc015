using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/transactions: the caller's book, newest first.</summary>
public sealed class TransactionHttp(Ledger ledger)
{
    private static readonly SearchValues<char> StepCharacters = SearchValues.Create(":_-abcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>One page of the book.</summary>
    [Function("ListTransactions")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The caller's transactions", Response = typeof(TransactionView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transactions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (partition, limit) = (BookKeys.Partition(request.Caller().Wallet), page.Value.Limit);
        var newest = page.Value.Cursor is { } cursor ? long.Parse(cursor, CultureInfo.InvariantCulture) : BookKeys.LastEntryNumber;
        var entries = new List<Entry>();
        await foreach (var row in ledger.Store.EntriesDown(partition, newest, limit + 1, cancellationToken))
        {
            if (TransactionView.Shows((EntryKind)row.Kind))
            {
                entries.Add(row.ToDomain());
            }

            if (entries.Count > limit)
            {
                break;
            }
        }

        var next = entries.Count > limit ? entries[limit].Number.ToString(CultureInfo.InvariantCulture) : null;
        var shown = entries.Take(limit).ToList();
        var holds = await HoldsAsync(partition, shown, cancellationToken);
        return Answers.List(shown.ConvertAll(entry => TransactionView.Of(entry, holds.GetValueOrDefault(entry.Operation))), next);
    }

    /// <summary>One transaction.</summary>
    [Function("GetTransaction")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("One transaction", Response = typeof(TransactionView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transactions/{transactionId}")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        var wallet = request.Caller().Wallet;
        if (!IsTransaction(transactionId) || await ledger.FindEntryAsync(wallet, transactionId, cancellationToken) is not { } entry || !TransactionView.Shows(entry.Kind))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var hold = entry.Kind == EntryKind.Hold ? await ledger.Store.FindHoldAsync(BookKeys.Partition(wallet), entry.Operation, cancellationToken) : null;
        var isCredited = entry is not { Kind: EntryKind.TransferOut, Party.Wallet: { } payee }
            || await ledger.FindOperationAsync(payee, entry.Operation, cancellationToken) is not null;
        return Answers.Ok(TransactionView.Of(entry, hold?.ToDomain(), isCredited));
    }

    /// <summary>An id, or an id and the step that is a transaction of its own (a returned payout).</summary>
    private static bool IsTransaction(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return text.Length < 100
            && Id.TryParse<TransactionId>(colon < 0 ? text : text[..colon], out _)
            && (colon < 0 || text.AsSpan(colon).IndexOfAnyExcept(StepCharacters) < 0);
    }

    /// <summary>The holds that a page's entries placed, in one query: ids sort by time, so they lie close together.</summary>
    private async Task<Dictionary<string, Hold>> HoldsAsync(string partition, List<Entry> entries, CancellationToken cancellation)
    {
        var found = new Dictionary<string, Hold>(StringComparer.Ordinal);
        var keys = entries.Where(entry => entry.Kind == EntryKind.Hold).Select(entry => BookKeys.Hold(entry.Operation)).Order(StringComparer.Ordinal).ToList();
        if (keys.Count > 0)
        {
            await foreach (var row in ledger.Store.RangeAsync<HoldRow>(partition, keys[0], keys[^1] + "~", null, cancellation))
            {
                found[row.Id] = row.ToDomain();
            }
        }

        return found;
    }
}
