using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace Microsoft.Azure.Functions.Worker.Extensions.Timer;

/// <summary>Keeps a timer's last and next time, in the blob where the host keeps it.</summary>
internal sealed class ScheduleMonitor(BlobContainerClient container, string name)
{
    public async Task<ScheduleStatus?> ReadAsync()
    {
        try
        {
            var stored = (await container.GetBlobClient(name).DownloadContentAsync()).Value.Content.ToObjectFromJson<ScheduleStatus>()!;
            return new ScheduleStatus { Last = Utc(stored.Last), Next = Utc(stored.Next), LastUpdated = Utc(stored.LastUpdated) };
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public async Task WriteAsync(ScheduleStatus status)
    {
        var blob = container.GetBlobClient(name);
        var json = BinaryData.FromString(JsonSerializer.Serialize(status));
        try
        {
            await blob.UploadAsync(json, overwrite: true);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            await container.CreateIfNotExistsAsync();
            await blob.UploadAsync(json, overwrite: true);
        }
    }

    private static DateTime Utc(DateTime time) => time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();
}
