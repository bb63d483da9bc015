namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;

/// <summary>What an instance may be called.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 100;

    /// <summary>For a new instance.</summary>
    /// <exception cref="ArgumentException">It may not be called so.</exception>
    public static void Check(string? instanceId)
    {
        CheckGiven(instanceId);
        if (!CanBe(instanceId!))
            throw new ArgumentException($"'{instanceId}' is no instance id: at most {MaxLength} characters, none of / \\ # ? nor control characters, and no @ in front.", nameof(instanceId));
    }

    /// <summary>For one that is looked for; whatever cannot exist is simply not found.</summary>
    /// <exception cref="ArgumentException">The official client would not ask for it.</exception>
    public static void CheckGiven(string? instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        CheckNoEntity(instanceId);
        if (instanceId[0] == '\0') throw new ArgumentException("An instance id does not begin with the null character.", nameof(instanceId));
    }

    /// <exception cref="ArgumentException">It is, or begins like, the id of an entity.</exception>
    public static void CheckNoEntity(string? instanceId)
    {
        if (instanceId is ['@', ..]) throw new ArgumentException("Ids with @ in front are those of entities.", nameof(instanceId));
    }

    /// <summary>Whether there can be an instance of that id.</summary>
    public static bool CanBe(string instanceId) => instanceId.Length <= MaxLength && !instanceId.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c));
}
