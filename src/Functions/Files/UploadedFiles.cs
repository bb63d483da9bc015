using Azure.Storage.Blobs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Files;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

/// <summary>
/// Files that people uploaded. Features keep a <see cref="FileId"/>, and attach what they keep; what belongs to nothing after a week
/// is removed. The bytes lie in a container that nobody can read from outside, encrypted.
/// </summary>
public sealed class UploadedFiles
{
    internal const string ContainerName = "uploads";

    /// <summary>What one file may have.</summary>
    internal const int MaxBytes = 10 << 20;

    /// <summary>So long a file may belong to nothing.</summary>
    internal const int DaysUnattached = 7;

    private readonly FileTable table;
    private readonly BlobContainerClient container;
    private readonly IDataProtector vault;
    private readonly IdSource ids;
    private readonly TimeProvider clock;

    internal UploadedFiles(Storage storage, IDataProtectionProvider protection, IdSource ids, TimeProvider clock) =>
        (table, container, vault, this.ids, this.clock) = (new FileTable(storage), storage.Container(ContainerName), protection.CreateProtector("files/content"), ids, clock);

    /// <summary>A file, for its owner and for staff; null for anybody else, as if it were not there.</summary>
    internal async Task<StoredFile?> FindAsync(FileId id, Caller caller, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } file && (file.Owner == caller.AccountId || (caller.Role & Role.Staff) != Role.Anonymous) ? file : null;

    /// <summary>A file, whoever asks: for a feature that has checked by itself who may see it.</summary>
    internal async Task<StoredFile?> FindAsync(FileId id, CancellationToken cancellationToken) => (await table.FindAsync(id, cancellationToken))?.File;

    /// <summary>Says what a file belongs to, so that it is kept; what belongs to nothing is removed after a week. The same again does nothing.</summary>
    /// <returns>False if it belongs to something else already, or is gone.</returns>
    internal async Task<bool> AttachAsync(FileId id, string subjectId, CancellationToken cancellationToken)
    {
        while (await table.FindAsync(id, cancellationToken) is { } found)
        {
            if (found.File.AttachedTo is { } attached)
            {
                return attached == subjectId;
            }

            if (await table.ReplaceAsync(found.File with { AttachedTo = subjectId }, found.ETag, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The file itself as an answer: always to be saved, never shown in the page.</summary>
    internal async Task<IResult> AnswerAsync(StoredFile file, CancellationToken cancellationToken)
    {
        var content = (await container.GetBlobClient(file.Id.Value).DownloadContentAsync(cancellationToken)).Value.Content;
        return new FileAnswer(file.MediaType, file.Name, vault.Unprotect(content.ToArray()));
    }

    /// <summary>Keeps a file: first on the list of those that may belong to nothing, then its bytes, then what is known of it. A crash leaves nothing that is not on the list.</summary>
    internal async Task<Result<StoredFile>> StoreAsync(AccountId owner, string? name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (FileKind.Of(bytes.Span) is not { } kind)
        {
            return FileErrors.TypeUnsupported;
        }

        var now = clock.GetUtcNow();
        var file = new StoredFile(ids.New<FileId>(), owner, FileName.Clean(name, kind), kind.MediaType, bytes.Length, AttachedTo: null, now);
        await table.ListAsync(file.Id, DateOnly.FromDateTime(now.UtcDateTime).AddDays(DaysUnattached + 1), cancellationToken);
        await container.GetBlobClient(file.Id.Value).UploadAsync(BinaryData.FromBytes(vault.Protect(bytes.ToArray())), overwrite: true, cancellationToken);
        await table.AddAsync(file, cancellationToken);
        return file;
    }

    /// <summary>Removes what belongs to nothing and is older than a week.</summary>
    /// <returns>How many went.</returns>
    internal async Task<int> RemoveUnattachedAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        await foreach (var (day, id) in table.DueAsync(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime), cancellationToken))
        {
            var found = await table.FindAsync(id, cancellationToken);
            if (found is { File.AttachedTo: null } free && !await table.RemoveAsync(id, free.ETag, cancellationToken))
            {
                continue; // attached at this moment; the next look sees it
            }

            if (found is not { File.AttachedTo: not null })
            {
                await container.GetBlobClient(id.Value).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                removed++;
            }

            await table.StrikeAsync(day, id, cancellationToken);
        }

        return removed;
    }
}
