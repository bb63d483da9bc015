using System.Runtime.CompilerServices;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Statements;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet.Statements;

/// <summary>What stands above the entries.</summary>
/// <param name="Wallet">Whose.</param>
/// <param name="Owner">The owner's name.</param>
/// <param name="AsOf">When it was made.</param>
/// <param name="OpeningAvailable">Before the month's first entry; so <paramref name="OpeningHeld"/>.</param>
/// <param name="ClosingAvailable">After the month's last entry; so <paramref name="ClosingHeld"/>.</param>
internal sealed record StatementHeading(
    StatementMonth Month,
    WalletId Wallet,
    string Owner,
    DateTimeOffset AsOf,
    Money OpeningAvailable,
    Money OpeningHeld,
    Money ClosingAvailable,
    Money ClosingHeld)
{
    /// <summary>Whether the month has not ended.</summary>
    public bool IsSoFar => AsOf < Month.Ends;
}

/// <summary>Writes a statement's parts, in this order: the heading, each entry, the sums.</summary>
internal interface IStatementWriter
{
    void Begin(StringBuilder text, StatementHeading heading);

    void Line(StringBuilder text, Entry entry, StatementSums sums);

    void End(StringBuilder text, StatementHeading heading, StatementTotals totals);
}

/// <summary>A month of a book, as it was when it was opened: what is written meanwhile is not in it.</summary>
internal sealed class Statement(BookHistory history, string partition, StatementHeading heading, long first, long last, IReadOnlyList<Entry> firstEntries)
{
    /// <summary>So many entries are in memory at once.</summary>
    internal const int Portion = 500;

    public StatementHeading Heading => heading;

    /// <summary>Writes it, oldest entry first, in portions.</summary>
    /// <param name="preamble">Bytes that come first.</param>
    /// <exception cref="InvalidDataException">The entries do not add up.</exception>
    public async Task WriteAsync(Stream stream, IStatementWriter writer, ReadOnlyMemory<byte> preamble, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var totals = new StatementTotals(heading.OpeningAvailable.Amount, heading.OpeningHeld.Amount);
        writer.Begin(text, heading);
        await stream.WriteAsync(preamble, cancellation);
        await foreach (var entries in PortionsAsync(cancellation))
        {
            foreach (var entry in entries)
            {
                writer.Line(text, entry, totals.Add(entry));
            }

            await SendAsync();
        }

        writer.End(text, heading, totals);
        await SendAsync();

        async Task SendAsync()
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
            await stream.FlushAsync(cancellation);
            text.Clear();
        }
    }

    /// <summary>Entries from one number up to another, oldest first.</summary>
    /// <exception cref="InvalidDataException">One is missing.</exception>
    public static async Task<IReadOnlyList<Entry>> ReadAsync(BookHistory history, string partition, long first, long last, CancellationToken cancellation)
    {
        var entries = new List<Entry>();
        if (last >= first)
        {
            await foreach (var row in history.Store.Entries(new EntryRange(partition, last, first), [], null, cancellation))
            {
                entries.Add(row.ToDomain());
            }
        }

        entries.Reverse();
        return entries.Count == last - first + 1
            ? entries
            : throw new InvalidDataException($"Of entries {first} to {last} of book {partition} only {entries.Count} are there.");
    }

    private async IAsyncEnumerable<IReadOnlyList<Entry>> PortionsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return firstEntries;
        for (var next = first + firstEntries.Count; next <= last; next += Portion)
        {
            yield return await ReadAsync(history, partition, next, Math.Min(next + Portion - 1, last), cancellation);
        }
    }
}
