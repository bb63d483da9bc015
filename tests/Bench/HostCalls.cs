using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text;
using Azure.Core;
using WalletFunctions.TestSupport;

namespace WalletFunctions.Bench;

/// <summary>
/// Counts all storage calls of a host: tables by name, blobs as one. Queues are one as well, from the HTTP metrics of the process, for
/// the listeners of the host have clients of their own that no policy joins.
/// </summary>
internal sealed class HostCalls : CallCounter, IDisposable
{
    public const string Queues = "queues";

    public const string Blobs = "blobs";

    private const string Batch = "$batch";

    /// <summary>Where a batch's first operation is addressed, if it is in the batch at all.</summary>
    private const int Opening = 1024;

    [ThreadStatic]
    private static MemoryStream? body;

    private readonly ConcurrentDictionary<string, StrongBox<long>> names = new(StringComparer.Ordinal);
    private readonly MeterListener meters = new();
    private readonly int blobPort;
    private readonly int queuePort;
    private readonly int sample;

    /// <param name="sample">One batch of so many, by chance, is looked into for its table, and stands for the others: looking costs as much as sending.</param>
    public HostCalls(Azurite storage, int sample = 1)
    {
        (blobPort, queuePort, this.sample) = (storage.BlobPort, storage.QueuePort, sample);
        meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "http.client.request.duration", Meter.Name: "System.Net.Http" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "server.port" && tag.Value is int port && port == queuePort)
                {
                    Count(Queues);
                }
            }
        });
        meters.Start();
    }

    public override IReadOnlyDictionary<string, long> ByName() => names.ToDictionary(pair => pair.Key, pair => Interlocked.Read(ref pair.Value.Value), StringComparer.Ordinal);

    public override void OnSendingRequest(HttpMessage message)
    {
        var port = message.Request.Uri.Port;
        if (port == queuePort)
        {
            return;
        }

        if (!message.Request.Uri.Path.EndsWith(Batch, StringComparison.Ordinal))
        {
            Count(port == blobPort ? Blobs : Second(message.Request.Uri.Path));
        }
        else if (Random.Shared.Next(sample) == 0)
        {
            Count(Second(new Uri(FirstAddress(message.Request.Content!)).AbsolutePath), sample);
        }
        else
        {
            Count();
        }
    }

    public void Dispose() => meters.Dispose();

    /// <summary>What follows the account in a path: a table's name, or what is done with all of them.</summary>
    private static string Second(string path) =>
        path.Trim('/').Split('/') is [_, var name, ..] ? name.Split('(')[0] : "account";

    /// <summary>The operations of a batch are all on one table; the first one's request line names it.</summary>
    private static string FirstAddress(RequestContent content)
    {
        var stream = body ??= new MemoryStream();
        stream.SetLength(0);
        content.WriteTo(stream, CancellationToken.None);
        var text = Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)Math.Min(stream.Length, Opening));
        var start = text.IndexOf(" http", StringComparison.Ordinal) + 1;
        return text[start..text.IndexOf(' ', start)];
    }

    private void Count(string name, int weight = 1)
    {
        Interlocked.Add(ref names.GetOrAdd(name, static _ => new StrongBox<long>()).Value, weight);
        Count();
    }
}
