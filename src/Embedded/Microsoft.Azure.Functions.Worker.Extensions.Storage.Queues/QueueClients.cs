using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

/// <summary>The clients of a host, the encoding they share, and the bells that wake its own listeners.</summary>
internal sealed class QueueClients(IConfiguration configuration, HostJson hostJson)
{
    private readonly ConcurrentDictionary<(string Connection, string Name), QueueClient> _clients = new();
    private readonly ConcurrentDictionary<Uri, SemaphoreSlim> _bells = new();

    public QueueSettings Settings { get; } = new(hostJson.Extension("queues"), configuration.GetValue("queue-invisibility", TimeSpan.FromMinutes(10)));

    /// <summary>A client that sends and receives the text as it is stored; what is in it, <see cref="Settings"/> say.</summary>
    public QueueClient Get(string? connection, string name) => _clients.GetOrAdd(
        (configuration.ConnectionString(connection), name), static key => new QueueClient(key.Connection, key.Name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }));

    /// <summary>Rung when this host itself has put something into the queue.</summary>
    public SemaphoreSlim Bell(QueueClient queue) => _bells.GetOrAdd(queue.Uri, static _ => new SemaphoreSlim(0));

    public async Task SendAsync(string? connection, string name, BinaryData body)
    {
        var queue = Get(connection, name);
        await SendStoredAsync(queue, Settings.IsBase64 ? BinaryData.FromString(Convert.ToBase64String(body)) : body);
        Bell(queue).Release();
    }

    /// <summary>Sends the text as it is; creates the queue if it is not there.</summary>
    public static async Task SendStoredAsync(QueueClient queue, BinaryData stored)
    {
        try
        {
            await queue.SendMessageAsync(stored);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            await queue.CreateIfNotExistsAsync();
            await queue.SendMessageAsync(stored);
        }
    }
}
