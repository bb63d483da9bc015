using System.Runtime.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>What could be refused on the payee's side, taken before the payer's money moves: an insert-only row in the payee's book.</summary>
internal sealed class Claims(Ledger ledger)
{
    /// <summary>What an intent keeps of a claim, so that the sweep can release it.</summary>
    public static string Note(WalletId book, string claim) => $"{book.Value} {claim}";

    /// <summary>Takes a claim for an operation. It fails when somebody else has it, or when the book is closed.</summary>
    /// <param name="owner">Whose claim it is: repeats of one request share it. The newest takes it over, so that it is not
    /// released when the sweep ends an older one.</param>
    public async Task<ClaimResult> TryPlaceAsync(WalletId book, string claim, string operationId, string owner, CancellationToken cancellation)
    {
        ClaimRow? older = null;
        while (true)
        {
            var row = new ClaimRow { RowKey = BookKeys.Claim(claim), Operation = operationId, Owner = owner };
            var write = older is null ? Companion.Add(row) : Companion.Replace(row, older.ETag);
            var outcome = await ledger.ExecuteAsync(
                book, new BookCommand(StepOf(operationId), new BookMove.Touch(WhileOpen: true)) { Companions = _ => [write] }, cancellation);
            if (outcome is not Outcome.Conflict)
            {
                return outcome switch
                {
                    Outcome.Committed or Outcome.Replayed => ClaimResult.Placed,
                    Outcome.Swept => ClaimResult.Swept,
                    _ => ClaimResult.Refused,
                };
            }

            // Somebody has it, or has just let it go; then it is sought again.
            older = await FindAsync(book, claim, cancellation);
            if (older is not null && older.Owner != owner)
            {
                return ClaimResult.Refused;
            }
        }
    }

    /// <summary>Gives a claim back and keeps a late write of this operation from taking it again.</summary>
    /// <param name="owner">Null: only if this very operation took it.</param>
    public async Task ReleaseAsync(string note, string operationId, string? owner, CancellationToken cancellation)
    {
        var space = note.IndexOf(' ', StringComparison.Ordinal);
        var book = new WalletId(note[..space]);
        await ledger.TombstoneAsync(book, StepOf(operationId), cancellation);
        var row = await FindAsync(book, note[(space + 1)..], cancellation);
        if (row is not null && (row.Operation == operationId || row.Owner == owner))
        {
            await ledger.Store.DeleteAsync(row, cancellation);
        }
    }

    private Task<ClaimRow?> FindAsync(WalletId book, string claim, CancellationToken cancellation) =>
        ledger.Store.FindAsync<ClaimRow>(BookKeys.Partition(book), BookKeys.Claim(claim), cancellation);

    private static string StepOf(string operationId) => operationId + ":claim";

    private sealed class ClaimRow : BookRow
    {
        [DataMember(Name = "o")]
        public string Operation { get; set; } = "";

        [DataMember(Name = "c")]
        public string Owner { get; set; } = "";
    }
}

/// <summary>What became of an attempt to claim.</summary>
internal enum ClaimResult
{
    /// <summary>It is ours.</summary>
    Placed,

    /// <summary>It cannot be had.</summary>
    Refused,

    /// <summary>The sweep has ended our operation meanwhile; whether it could be had was not decided.</summary>
    Swept,
}
