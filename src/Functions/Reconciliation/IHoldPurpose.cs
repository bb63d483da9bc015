using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Reconciliation;

/// <summary>What holds are placed for, told by the feature that keeps a row beside each: reconciliation compares the two.</summary>
internal interface IHoldPurpose
{
    /// <summary>The prefix of its holds' ids: <c>wdr_</c>.</summary>
    string HoldPrefix { get; }

    /// <summary>The prefix of its rows in a book: <c>w|</c>.</summary>
    string RowPrefix { get; }

    /// <summary>What a row says of its hold.</summary>
    HoldClaim Read(TableEntity row);
}

/// <summary>A hold as the thing it was placed for would have it.</summary>
/// <param name="HoldId">The hold.</param>
/// <param name="Total">Amount and fee, in minor units.</param>
/// <param name="State">Where the hold must be in its life.</param>
internal sealed record HoldClaim(string HoldId, long Total, HoldState State);

/// <summary>Somebody outside who moves money for us and sends a file of each day.</summary>
internal interface ICounterparty
{
    /// <summary>Stable, snake_case: <c>bank</c>.</summary>
    string Name { get; }

    /// <summary>What should stand in a file of theirs by an entry of ours; null when nothing should.</summary>
    FileItem? Of(Entry entry);

    /// <summary>Their file of a day in Asia/Shanghai, in any order. The items count only once the enumeration has ended without a throw.</summary>
    /// <exception cref="Exception">One that <see cref="Platform.Faults.IsOutOfReach"/> knows: they do not give it now.</exception>
    /// <exception cref="InvalidDataException">The file is cut off, forged or malformed.</exception>
    IAsyncEnumerable<FileItem> FileAsync(DateOnly day, CancellationToken cancellationToken);
}

/// <summary>An item of a daily file.</summary>
/// <param name="Reference">Ours and theirs alike: the payout's or the charge's id, and the step after a colon. No personal data.</param>
/// <param name="Amount">Minor units; their amount may be anything.</param>
/// <param name="At">When it happened, ours by the entry and theirs by the file; null where a file does not tell.</param>
/// <param name="Book">The book, ours only.</param>
internal sealed record FileItem(string Reference, long Amount, DateTimeOffset? At, WalletId? Book = null);
