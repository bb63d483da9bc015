using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Wallet;

namespace WalletFunctions.Reconciliation;

/// <summary>
/// Compares a book's entries with the rows beside them: each operation's, each hold's, and what the hold is for. First all are
/// tallied; only where the tally is off are single rows looked at.
/// </summary>
/// <remarks>
/// The rows are read after the entries, so a hold that is placed or ended in between shows as a difference. Its row and its
/// entries are then read once more: a hold goes forward only, so a difference that comes of the order of reading is another
/// one, or none, the second time.
/// </remarks>
internal sealed class BesideCheck(BookStore store, IReadOnlyList<IHoldPurpose> purposes, string partition, Tally off)
{
    private const int Placed = 1;
    private const int Captured = 2;
    private const int Released = 3;
    private const int Returned = 4;
    private const int Purpose = 5;

    private readonly WalletId wallet = BookKeys.Wallet(partition);

    /// <summary>What an entry says of its operation and of a hold.</summary>
    public static void Add(Tally tally, Entry entry)
    {
        tally.Add(OperationKey(Operations.Tail(entry.Operation)), entry.Number);
        if (StepOf(entry) is { } step)
        {
            tally.Add(HoldKey(step.Hold), step.Total, step.Aspect);
        }
    }

    /// <summary>What an operation row says of its entry.</summary>
    public static void Take(Tally tally, OperationRow row)
    {
        if (row.Entry is { } number)
        {
            tally.Take(OperationKey(TailOf(row)), number);
        }
    }

    /// <summary>What a hold says of the entries that placed and ended it.</summary>
    public static void Take(Tally tally, HoldRow row, IReadOnlyList<IHoldPurpose> purposes)
    {
        var (key, hold) = (HoldKey(row.Id), row.ToDomain());
        tally.Take(key, hold.Total, Placed);
        if (hold.State is HoldState.Captured or HoldState.Returned)
        {
            tally.Take(key, hold.Total, Captured);
        }

        if (hold.State == HoldState.Released)
        {
            tally.Take(key, hold.Total, Released);
        }

        if (hold.State == HoldState.Returned)
        {
            tally.Take(key, 0, Returned);
        }

        if (HasPurpose(purposes, row.Id))
        {
            tally.Take(key, hold.Total, Purpose + (int)hold.State);
        }
    }

    /// <summary>What a hold's purpose says of it.</summary>
    public static void Add(Tally tally, HoldClaim claim) => tally.Add(HoldKey(claim.HoldId), claim.Total, Purpose + (int)claim.State);

    /// <summary>Finds what the tally is off by.</summary>
    /// <param name="explained">What is known to be wrong with the book already; learns what follows from it.</param>
    public async Task<IReadOnlyList<Finding>> RunAsync(ExplainedOperations explained, CancellationToken cancellation)
    {
        var first = await LookAsync(cancellation);
        var found = new List<Finding>();
        foreach (var (tail, operation) in first.Operations)
        {
            if (operation.Judge(wallet, tail, explained) is { } finding)
            {
                found.Add(finding);
            }
        }

        var holds = Judge(first);
        if (holds.Count > 0)
        {
            var second = Judge(await LookAsync(cancellation));
            found.AddRange(holds.Where(hold => second.Contains(hold)).Select(hold => hold.Finding));
        }

        return found;

        HashSet<(HoldView Hold, Finding Finding)> Judge(Sight sight) =>
            [.. sight.Holds.Values.Where(hold => !explained.Has(Operations.Tail(hold.Id)))
                .Select(hold => (hold, Finding: hold.Judge(wallet, HasPurpose(purposes, hold.Id)))).Where(judged => judged.Finding is not null).Select(judged => (judged.hold, judged.Finding!))];
    }

    private async Task<Sight> LookAsync(CancellationToken cancellation)
    {
        var sight = new Sight();
        var last = (await store.FindHeadAsync(partition, cancellation))?.Head.LastNumber ?? 0;
        await foreach (var stored in store.EntriesDown(partition, last, null, cancellation))
        {
            if (BookReading.EntryOf(stored) is not { } entry)
            {
                continue;
            }

            if (off.IsOff(OperationKey(Operations.Tail(entry.Operation))))
            {
                sight.Operation(Operations.Tail(entry.Operation)).Entries.Add((entry.Number, entry.Operation));
            }

            if (StepOf(entry) is { } step && off.IsOff(HoldKey(step.Hold)))
            {
                sight.See(step.Hold, hold => step.Aspect switch
                {
                    Placed => hold with { Placed = hold.Placed + step.Total },
                    Captured => hold with { Captured = hold.Captured + step.Total },
                    Released => hold with { Released = hold.Released + step.Total },
                    _ => hold with { IsReturned = true },
                });
            }
        }

        await foreach (var row in store.RangeAsync<OperationRow>(partition, "o|", "o}", null, cancellation))
        {
            if (row.Entry <= last && off.IsOff(OperationKey(TailOf(row))))
            {
                sight.Operation(TailOf(row)).Named = row.Entry;
            }
        }

        await foreach (var row in store.RangeAsync<HoldRow>(partition, BookKeys.HoldPrefix, "h}", null, cancellation))
        {
            if (off.IsOff(HoldKey(row.Id)))
            {
                sight.See(row.Id, hold => hold with { Row = row.ToDomain().Total, State = (HoldState)row.State });
            }
        }

        foreach (var purpose in purposes)
        {
            await foreach (var claim in BookReading.ClaimsAsync(store, partition, purpose, cancellation))
            {
                if (off.IsOff(HoldKey(claim.HoldId)))
                {
                    sight.See(claim.HoldId, hold => hold with { Claimed = claim.Total, ClaimedState = claim.State });
                }
            }
        }

        return sight;
    }

    private static (string Hold, int Aspect, long Total)? StepOf(Entry entry)
    {
        var (into, back, away) = (0L, 0L, 0L);
        foreach (var posting in entry.Postings)
        {
            into += posting.To == BookAccount.Held ? posting.Amount : 0;
            back += posting is { From: BookAccount.Held, To: BookAccount.Available } ? posting.Amount : 0;
            away += posting.From == BookAccount.Held && posting.To != BookAccount.Available ? posting.Amount : 0;
        }

        var hold = Operations.HoldOf(entry.Operation);
        return entry.Kind == EntryKind.PayoutReturn ? (hold, Returned, 0)
            : into > 0 ? (hold, Placed, into)
            : away > 0 ? (hold, Captured, away + back)
            : back > 0 ? (hold, Released, back)
            : null;
    }

    private static bool HasPurpose(IReadOnlyList<IHoldPurpose> purposes, string hold) => purposes.Any(purpose => hold.StartsWith(purpose.HoldPrefix, StringComparison.Ordinal));

    private static string OperationKey(string tail) => "o " + tail;

    private static string HoldKey(string hold) => "h " + hold;

    private static string TailOf(OperationRow row) => row.RowKey["o|".Length..];

    /// <summary>What one look at the book saw of the operations and holds in question.</summary>
    private sealed class Sight
    {
        public Dictionary<string, OperationView> Operations { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, HoldView> Holds { get; } = new(StringComparer.Ordinal);

        public OperationView Operation(string tail) =>
            Operations.TryGetValue(tail, out var known) ? known : Operations[tail] = new OperationView();

        public void See(string hold, Func<HoldView, HoldView> change) => Holds[hold] = change(Holds.GetValueOrDefault(hold) ?? new HoldView(hold));
    }
}
