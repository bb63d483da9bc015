using Azure;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>What only so many transfers may ever have on the payee's side: a collection, an order id, a bill.</summary>
/// <param name="Name">Unique within the payee's book.</param>
/// <param name="Most">How many may have it, each of another payer; at most <see cref="Limit"/>.</param>
internal sealed record Claim(string Name, int Most = 1)
{
    /// <summary>The most that one row can hold.</summary>
    public const int Limit = 200;
}

/// <summary>
/// What could be refused on the payee's side, taken before the payer's money moves and kept once it has. A claim is a row of
/// the payee's book; a transfer that came to nothing gives its part back.
/// </summary>
internal sealed class Claims(Ledger ledger)
{
    // Many payers of one collection meet on one row. Within a process they queue up here; between processes the ETag decides.
    private readonly OneAtATime queue = new();

    /// <summary>What an intent keeps of a claim, so that the sweep can settle it.</summary>
    public static string Note(WalletId book, Claim claim) => $"{book.Value} {claim.Name}";

    /// <summary>Takes a claim for an operation.</summary>
    /// <param name="request">Repeats of one request share their part of the claim: the client's key, or the operation itself.</param>
    public async Task<ClaimResult> TryPlaceAsync(WalletId book, Claim claim, string operationId, WalletId payer, string request, CancellationToken cancellation)
    {
        if (claim.Most == 1)
        {
            return await PlaceAsync(book, claim, operationId, payer, request, null, cancellation);
        }

        return await queue.RunAsync(
            Note(book, claim), async () => await PlaceAsync(book, claim, operationId, payer, request, await FindAsync(book, claim.Name, cancellation), cancellation), cancellation);
    }

    /// <summary>Lets no new operation have it. Those that have it already, or are about to, keep it.</summary>
    /// <param name="found">The claim's row as it is now; null while nobody has claimed.</param>
    public static Companion Closing(string claim, ClaimRow? found)
    {
        var row = found ?? new ClaimRow { RowKey = BookKeys.Claim(claim) };
        row.Closed = true;
        return found is null ? Companion.Add(row) : Companion.Replace(row, row.ETag);
    }

    /// <summary>Lets new operations have it again.</summary>
    /// <param name="found">The claim's row as it is now, closed.</param>
    public static Companion Opening(ClaimRow found)
    {
        found.Closed = null;
        return found.Holders.Count == 0 ? Companion.Delete(found, found.ETag) : Companion.Replace(found, found.ETag);
    }

    /// <summary>Ends an operation's part of a claim, and keeps a late write of it from taking it again.</summary>
    /// <param name="note">From <see cref="Note"/>.</param>
    public async Task SettleAsync(string note, string operationId, WalletId payer, ClaimEnd end, CancellationToken cancellation)
    {
        var space = note.IndexOf(' ', StringComparison.Ordinal);
        var (book, claim) = (new WalletId(note[..space]), note[(space + 1)..]);
        await ledger.TombstoneAsync(book, StepOf(operationId), cancellation);
        while (true)
        {
            var row = await FindAsync(book, claim, cancellation);
            var before = row?.Holders;
            var after = ClaimHolder.Settle(before ?? [], operationId, payer.Value, end);
            if (row is null)
            {
                // The row of a transfer that was made is there until it is settled; were it not, it must be from now on.
                var kept = new ClaimRow { PartitionKey = BookKeys.Partition(book), RowKey = BookKeys.Claim(claim), Holders = after };
                if (end != ClaimEnd.Kept || await ledger.Store.TryAddAsync(kept, cancellation))
                {
                    return;
                }

                continue;
            }

            if (before!.SequenceEqual(after))
            {
                return;
            }

            row.Holders = after;
            if (await TryWriteAsync(row, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>The row as it is now; null while nobody has claimed.</summary>
    public Task<ClaimRow?> FindAsync(WalletId book, string claim, CancellationToken cancellation) =>
        ledger.Store.FindAsync<ClaimRow>(BookKeys.Partition(book), BookKeys.Claim(claim), cancellation);

    private async Task<ClaimResult> PlaceAsync(WalletId book, Claim claim, string operationId, WalletId payer, string request, ClaimRow? found, CancellationToken cancellation)
    {
        while (true)
        {
            var row = new ClaimRow { RowKey = BookKeys.Claim(claim.Name) };
            var (result, holders) = found is { Closed: true }
                ? (ClaimResult.Closed, null)
                : ClaimHolder.Place(found?.Holders ?? [], claim.Most, operationId, payer.Value, request);
            if (holders is null)
            {
                return result;
            }

            row.Holders = holders;
            var write = found is null ? Companion.Add(row) : Companion.Replace(row, found.ETag);
            var outcome = await ledger.ExecuteAsync(
                book, new BookCommand(StepOf(operationId), new BookMove.Touch(WhileOpen: true)) { Companions = _ => [write] }, cancellation);
            if (outcome is not Outcome.Conflict)
            {
                return outcome switch
                {
                    Outcome.Committed or Outcome.Replayed => ClaimResult.Placed,
                    Outcome.Swept => ClaimResult.Swept,
                    _ => ClaimResult.NoPayee,
                };
            }

            // Somebody has it, or has just let it go; then it is sought again.
            found = await FindAsync(book, claim.Name, cancellation);
        }
    }

    /// <summary>False when the row has changed since it was read.</summary>
    private async Task<bool> TryWriteAsync(ClaimRow row, CancellationToken cancellation)
    {
        try
        {
            await (row.Holders.Count == 0 && row.Closed is null
                ? ledger.Store.DeleteAsync(row, cancellation)
                : ledger.Store.ReplaceAsync(row, cancellation));
            return true;
        }
        catch (RequestFailedException fault) when (fault.Status is 404 or 412)
        {
            return false;
        }
    }

    private static string StepOf(string operationId) => operationId + ":claim";
}

/// <summary>What became of an attempt to claim.</summary>
internal enum ClaimResult
{
    /// <summary>It is ours.</summary>
    Placed,

    /// <summary>Others have it for good, or this payer has it already.</summary>
    Taken,

    /// <summary>Somebody is about to have it, or to let it go: not decided yet.</summary>
    Busy,

    /// <summary>It is not to be had any more.</summary>
    Closed,

    /// <summary>The payee's book is closed.</summary>
    NoPayee,

    /// <summary>The sweep has ended our operation meanwhile; whether it could be had was not decided.</summary>
    Swept,
}

/// <summary>How an operation that claimed came to its end.</summary>
internal enum ClaimEnd
{
    /// <summary>Its money moved: the claim is kept for ever.</summary>
    Kept,

    /// <summary>Its request was refused, for this operation and every repeat of it.</summary>
    Refused,

    /// <summary>This operation does not happen; a repeat of its request may.</summary>
    Gone,
}
