using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>How the engine's own clients of the table service behave.</summary>
internal static class HubClientOptions
{
    /// <param name="callTimeout">A call without an answer is made again after so long. It must be well below the length of the lease.</param>
    /// <param name="policies">Join the pipeline once per call.</param>
    public static TableClientOptions Make(TimeSpan callTimeout, params IEnumerable<HttpPipelinePolicy> policies)
    {
        var options = new TableClientOptions();
        // A step is repeated by the engine itself; long pauses here would only delay the look at what is really stored.
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.NetworkTimeout = callTimeout;
        foreach (var policy in policies) options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return options;
    }
}
