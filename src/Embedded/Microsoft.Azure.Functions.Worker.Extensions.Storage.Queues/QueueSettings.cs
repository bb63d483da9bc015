using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

/// <summary>host.json, <c>extensions.queues</c>, with the host's defaults and ranges.</summary>
internal sealed record QueueSettings
{
    public QueueSettings(IConfiguration queues, TimeSpan invisibility)
    {
        BatchSize = queues.GetValue("batchSize", 16);
        NewBatchThreshold = queues.GetValue("newBatchThreshold", BatchSize / 2 * Environment.ProcessorCount);
        MaxDequeueCount = queues.GetValue("maxDequeueCount", 5);
        // The host polls at least once a minute, and in Development, which a local host is, every two seconds.
        MaxPollingInterval = queues.GetValue("maxPollingInterval", TimeSpan.FromSeconds(2));
        VisibilityTimeout = queues.GetValue("visibilityTimeout", TimeSpan.Zero);
        IsBase64 = queues.GetValue("messageEncoding", "base64")!.ToLowerInvariant() switch
        {
            "base64" => true,
            "none" => false,
            var other => throw new HostStartException($"host.json, extensions.queues.messageEncoding: '{other}' is neither 'base64' nor 'none'."),
        };
        Invisibility = invisibility;
        if (BatchSize is < 1 or > 32) throw new HostStartException("host.json, extensions.queues.batchSize must be 1 to 32.");
        if (NewBatchThreshold < 0) throw new HostStartException("host.json, extensions.queues.newBatchThreshold must not be negative.");
        if (MaxDequeueCount < 1) throw new HostStartException("host.json, extensions.queues.maxDequeueCount must be at least 1.");
        if (MaxPollingInterval < MinPollingInterval) throw new HostStartException("host.json, extensions.queues.maxPollingInterval must be at least 100 ms.");
    }

    public static TimeSpan MinPollingInterval => TimeSpan.FromMilliseconds(100);

    public int BatchSize { get; }
    public int NewBatchThreshold { get; }
    public int MaxDequeueCount { get; }
    public TimeSpan MaxPollingInterval { get; }

    /// <summary>How long a message that failed stays hidden.</summary>
    public TimeSpan VisibilityTimeout { get; }
    public bool IsBase64 { get; }

    /// <summary>How long a message is hidden while it is worked on; renewed at half time.</summary>
    public TimeSpan Invisibility { get; }
}
