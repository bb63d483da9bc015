namespace Microsoft.DurableTask;

/// <summary>The name of an activity or orchestrator; equality ignores case. <c>default</c> has a null name.</summary>
public readonly struct TaskName : IEquatable<TaskName>
{
    public TaskName(string name) => Name = name;

    public string Name { get; }

    public static implicit operator string(TaskName value) => value.Name;

    public static implicit operator TaskName(string value) => string.IsNullOrEmpty(value) ? default : new(value);

    public static bool operator ==(TaskName a, TaskName b) => a.Equals(b);

    public static bool operator !=(TaskName a, TaskName b) => !a.Equals(b);

    public bool Equals(TaskName other) => string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is TaskName other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name);

    public override string ToString() => Name;
}

/// <summary>A task's version; <c>default</c> is <see cref="Unversioned"/>. Blank but not empty text is refused; equality ignores case.</summary>
public readonly struct TaskVersion : IEquatable<TaskVersion>
{
    public static readonly TaskVersion Unversioned;

    private readonly string? _version;

    public TaskVersion(string? version)
    {
        if (!string.IsNullOrEmpty(version) && string.IsNullOrWhiteSpace(version))
            throw new ArgumentException("A version is either empty or more than white space.", nameof(version));
        _version = version;
    }

    public string Version => _version ?? string.Empty;

    public static implicit operator string(TaskVersion value) => value.Version;

    public static implicit operator TaskVersion(string? value) => new(value);

    public static bool operator ==(TaskVersion a, TaskVersion b) => a.Equals(b);

    public static bool operator !=(TaskVersion a, TaskVersion b) => !a.Equals(b);

    public bool Equals(TaskVersion other) => string.Equals(Version, other.Version, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is TaskVersion other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Version);
}

/// <summary>Who started a sub-orchestration.</summary>
public record ParentOrchestrationInstance(TaskName Name, string InstanceId);
