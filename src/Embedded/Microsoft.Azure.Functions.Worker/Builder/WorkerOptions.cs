using Azure.Core.Serialization;

namespace Microsoft.Azure.Functions.Worker;

public class WorkerOptions
{
    /// <summary>
    /// Reads and writes queue messages and Durable payloads. Left unset, it is System.Text.Json with the app's
    /// <c>IOptions&lt;JsonSerializerOptions&gt;</c>: names as they are declared, read whatever the casing.
    /// </summary>
    public ObjectSerializer? Serializer { get; set; }
}
