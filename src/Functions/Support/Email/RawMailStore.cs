using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>
/// Mail as it came. The order is what makes it safe to repeat after any crash: blob, the sweep's
/// reminder and the claim of the content, then the delivery's row, then the doorbell. A row therefore always has its bytes, and always a reminder
/// until somebody says that it is done.
/// </summary>
internal sealed class RawMailStore(Storage storage, MachineClock clock) : IRawMailStore
{
    public const string ContainerName = "rawmail";

    private readonly RawMailTable table = new(storage);

    public Task<RawMail> AddAsync(MailDelivery delivery, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        AddAsync(delivery, bytes.Length, Hash(SHA256.HashData(bytes.Span)), blob => blob.UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, cancellationToken), cancellationToken);

    /// <summary>For mail that is too big to hold in memory; the stream must be seekable.</summary>
    public async Task<RawMail> AddAsync(MailDelivery delivery, Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var sha256 = Hash(await SHA256.HashDataAsync(content, cancellationToken));
        return await AddAsync(delivery, content.Length, sha256, blob =>
        {
            content.Position = 0;
            return blob.UploadAsync(content, overwrite: true, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Whether this delivery was stored before, so that its bytes need not be fetched again.</summary>
    public async Task<bool> KnowsAsync(MailDelivery delivery, CancellationToken cancellationToken) =>
        await table.FindAsync(RawIdOf(delivery), cancellationToken) is not null;

    public async Task<RawMail?> FindAsync(string rawId, CancellationToken cancellationToken)
    {
        var row = await table.FindAsync(rawId, cancellationToken);
        return row?.SameAs is { } original ? (await table.FindAsync(original, cancellationToken))?.Mail : row?.Mail;
    }

    public async Task<byte[]> ReadAsync(RawMail mail, CancellationToken cancellationToken) =>
        (await Blob(mail.RawId).DownloadContentAsync(cancellationToken)).Value.Content.ToArray();

    public Task RingAsync(string rawId, CancellationToken cancellationToken) =>
        storage.Queue(InboundMailNote.QueueName).SendMessageAsync(JsonSerializer.Serialize(new InboundMailNote(rawId)), cancellationToken);

    public Task DoneAsync(string rawId, CancellationToken cancellationToken) => table.RemoveReminderAsync(rawId, cancellationToken);

    /// <summary>Rings for deliveries that nobody has reported done in time: the doorbell, or whoever heard it, was lost.</summary>
    /// <returns>How many were rung for.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var rung = 0;
        var now = clock.GetUtcNow();
        await foreach (var reminder in table.DueRemindersAsync(now, cancellationToken))
        {
            if (await table.FindAsync(reminder.RawId, cancellationToken) is { } row)
            {
                await RingAsync(row.SameAs ?? reminder.RawId, cancellationToken);
                await table.PostponeAsync(reminder, now, cancellationToken);
                rung++;
            }
            else if (reminder.IsAbandoned(now))
            {
                // The store was broken off before the row, and the fetch that repeated it made a reminder of its own.
                await table.RemoveReminderAsync(reminder.RawId, cancellationToken);
            }
        }

        return rung;
    }

    internal static string RawIdOf(MailDelivery delivery) => Hash(SHA256.HashData(Encoding.UTF8.GetBytes($"{delivery.Mailbox}\n{delivery.DeliveryKey}")))[..40];

    private async Task<RawMail> AddAsync(MailDelivery delivery, long size, string sha256, Func<BlobClient, Task> upload, CancellationToken cancellationToken)
    {
        var rawId = RawIdOf(delivery);
        if (await FindAsync(rawId, cancellationToken) is { } known)
        {
            await RingAsync(known.RawId, cancellationToken);
            return known;
        }

        var mail = new RawMail(rawId, delivery.Mailbox, delivery.ReceivedAt, size, sha256);
        if (await OriginalAsync(mail, cancellationToken) is { } original)
        {
            await table.AddAsync(new RawMailRow(mail, delivery.DeliveryKey, original.RawId), cancellationToken);
            return original;
        }

        await Task.WhenAll(upload(Blob(rawId)), table.AddReminderAsync(rawId, clock.GetUtcNow(), cancellationToken), table.ClaimContentAsync(mail, cancellationToken));
        await table.AddAsync(new RawMailRow(mail, delivery.DeliveryKey, null), cancellationToken);
        await RingAsync(rawId, cancellationToken);
        return mail;
    }

    /// <summary>The same mail under another number. A claim whose row was never written counts for nothing.</summary>
    private async Task<RawMail?> OriginalAsync(RawMail mail, CancellationToken cancellationToken) =>
        await table.FindContentAsync(mail, cancellationToken) is { } claim && claim != mail.RawId ? await FindAsync(claim, cancellationToken) : null;

    // The first characters spread the blobs over the service's partitions.
    private BlobClient Blob(string rawId) => storage.Container(ContainerName).GetBlobClient($"{rawId[..2]}/{rawId}.eml");

    private static string Hash(byte[] hash) => Convert.ToHexStringLower(hash);
}
