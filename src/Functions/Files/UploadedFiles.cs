using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

/// <summary>Files that people uploaded. Features keep a <see cref="FileId"/>, and attach what they keep.</summary>
public sealed class UploadedFiles
{
    internal const string TableName = "files";

    private readonly TableClient table;
    private readonly Storage storage;

    internal UploadedFiles(Storage storage) => (this.storage, table) = (storage, storage.Table(TableName));

    internal const string ContainerName = "uploads";

    /// <summary>A file, for its owner and for staff; null for anybody else, as if it were not there.</summary>
    internal async Task<StoredFile?> FindAsync(FileId id, Caller caller, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } file && (file.Owner == caller.AccountId || (caller.Role & Role.Staff) != Role.Anonymous) ? file : null;

    /// <summary>A file, whoever asks: for a feature that has checked by itself who may see it.</summary>
    internal async Task<StoredFile?> FindAsync(FileId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(id.Value, "file", cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row }
            ? new StoredFile(id, AccountId.Of(row.GetString("Owner")), row.GetString("Name"), row.GetString("MediaType"), row.GetInt64("Bytes")!.Value, row.GetString("AttachedTo"), row.GetDateTimeOffset("UploadedAt")!.Value)
            : null;
    }

    /// <summary>Says what a file belongs to, so that it is kept; what belongs to nothing is removed after a week. The same again does nothing.</summary>
    /// <returns>False if it belongs to something else already, or is gone.</returns>
    internal async Task<bool> AttachAsync(FileId id, string subjectId, CancellationToken cancellationToken)
    {
        while (await table.GetEntityIfExistsAsync<TableEntity>(id.Value, "file", cancellationToken: cancellationToken) is { HasValue: true, Value: { } row })
        {
            if (row.GetString("AttachedTo") is { } attached)
            {
                return attached == subjectId;
            }

            row["AttachedTo"] = subjectId;
            try
            {
                await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
                return true;
            }
            catch (RequestFailedException e) when (e.Status == 412)
            {
                // Somebody else attached it at this moment: look again.
            }
        }

        return false;
    }

    /// <summary>The file itself as an answer: always to be saved, never shown in the page.</summary>
    internal async Task<IResult> AnswerAsync(StoredFile file, CancellationToken cancellationToken)
    {
        var content = (await storage.Container(ContainerName).GetBlobClient(file.Id.Value).DownloadContentAsync(cancellationToken)).Value.Content;
        return new DocumentAnswer(file.MediaType, (body, ct) => body.WriteAsync(content.ToMemory(), ct).AsTask()) { FileName = file.Name };
    }
}
