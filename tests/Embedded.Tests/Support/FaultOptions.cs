using Azure.Core;

namespace Embedded.Tests.Support;

internal static class FaultOptions
{
    /// <summary>The options with faults for a network, and retries without waiting.</summary>
    public static T With<T>(this T options, Faults faults)
        where T : ClientOptions
    {
        options.Transport = faults;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return options;
    }
}
