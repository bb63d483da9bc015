using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Platform;

/// <summary>The sandbox clock's offset: one row, read by every host.</summary>
public sealed class ClockTable(Storage storage)
{
    internal const string TableName = "settings";

    private const string Partition = "clock";
    private const string Row = "business";
    private const string OffsetTicks = "OffsetTicks";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>The stored offset; zero before it was ever moved.</summary>
    internal async Task<TimeSpan> ReadAsync(CancellationToken cancellationToken) => OffsetOf(await FindAsync(cancellationToken));

    /// <summary>Moves the offset forward. Two movers at once both count: each adds to what it found.</summary>
    /// <param name="next">From the stored offset to the new one; null or less than stored moves nothing.</param>
    /// <returns>The stored offset, and whether it was moved.</returns>
    internal async Task<(TimeSpan Offset, bool Moved)> MoveAsync(Func<TimeSpan, TimeSpan?> next, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await FindAsync(cancellationToken);
            var stored = OffsetOf(row);
            if (next(stored) is not { } wanted || wanted < stored)
            {
                return (stored, false);
            }

            try
            {
                var written = new TableEntity(Partition, Row) { [OffsetTicks] = wanted.Ticks };
                await (row is null
                    ? table.AddEntityAsync(written, cancellationToken)
                    : table.UpdateEntityAsync(written, row.ETag, TableUpdateMode.Replace, cancellationToken));
                return (wanted, true);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Somebody else moved it in between; look again.
            }
        }
    }

    private static TimeSpan OffsetOf(TableEntity? row) => new(row?.GetInt64(OffsetTicks) ?? 0);

    private async Task<TableEntity?> FindAsync(CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }
}
