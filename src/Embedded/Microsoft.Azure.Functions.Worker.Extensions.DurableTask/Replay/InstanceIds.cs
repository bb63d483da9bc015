namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>What an instance may be called.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 100;

    /// <exception cref="ArgumentException">It may not be called so.</exception>
    public static void Check(string? instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (instanceId[0] == '@' || instanceId.Length > MaxLength || instanceId.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
            throw new ArgumentException($"'{instanceId}' is no instance id: at most {MaxLength} characters, none of / \\ # ? nor control characters, and no @ in front.", nameof(instanceId));
    }
}
