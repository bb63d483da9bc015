using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Platform;

/// <summary>Writes of single rows that depend on what was read.</summary>
internal static class TableWrites
{
    /// <summary>Replaces a row that nobody changed since it was read.</summary>
    /// <returns>Its new ETag; null where it has changed. That may have been our own write, whose answer was lost and which the SDK repeated: the caller reads the row again either way.</returns>
    /// <exception cref="RequestFailedException">Another fault than 412; the row may be gone.</exception>
    public static async Task<ETag?> TryReplaceAsync<T>(this TableClient table, T row, ETag read, CancellationToken cancellationToken)
        where T : ITableEntity
    {
        try
        {
            return (await table.UpdateEntityAsync(row, read, TableUpdateMode.Replace, cancellationToken)).Headers.ETag!.Value;
        }
        catch (RequestFailedException fault) when (fault.Status == 412)
        {
            return null;
        }
    }
}
