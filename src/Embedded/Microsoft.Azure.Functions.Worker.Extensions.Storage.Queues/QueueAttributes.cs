using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <param name="queueName">Lower case; may hold <c>%Setting%</c>. The trigger does not create the queue.</param>
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting with the connection string; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }
}

/// <param name="queueName">Lower case; may hold <c>%Setting%</c>. The queue is created when it is not there.</param>
public sealed class QueueOutputAttribute(string queueName) : OutputBindingAttribute
{
    public string QueueName { get; } = queueName;

    /// <summary>The setting with the connection string; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }
}
