namespace Microsoft.DurableTask.Abstractions;

/// <summary>Puts versions in order.</summary>
public static class TaskOrchestrationVersioningUtils
{
    /// <summary>An empty version is the lowest; two that .NET can read as versions are compared as such, others as text that ignores case.</summary>
    public static int CompareVersions(string sourceVersion, string otherVersion)
    {
        if (string.IsNullOrWhiteSpace(sourceVersion)) return string.IsNullOrWhiteSpace(otherVersion) ? 0 : -1;
        if (string.IsNullOrWhiteSpace(otherVersion)) return 1;
        return Version.TryParse(sourceVersion, out var source) && Version.TryParse(otherVersion, out var other)
            ? source.CompareTo(other)
            : string.Compare(sourceVersion, otherVersion, StringComparison.OrdinalIgnoreCase);
    }
}
