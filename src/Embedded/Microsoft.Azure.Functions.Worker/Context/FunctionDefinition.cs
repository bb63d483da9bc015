using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the host knows of a function before it runs.</summary>
public abstract class FunctionDefinition
{
    public abstract ImmutableArray<FunctionParameter> Parameters { get; }
    public abstract string PathToAssembly { get; }
    public abstract string EntryPoint { get; }
    public abstract string Id { get; }
    public abstract string Name { get; }
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }
    public abstract IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }
}

public abstract class BindingMetadata
{
    public abstract string Name { get; }
    public abstract string Type { get; }
    public abstract BindingDirection Direction { get; }
}

public enum BindingDirection
{
    In,
    Out,
}

public class FunctionParameter
{
    public FunctionParameter(string name, Type type)
        : this(name, type, hasDefaultValue: false, defaultValue: null, ImmutableDictionary<string, object>.Empty) { }

    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue)
        : this(name, type, hasDefaultValue, defaultValue, ImmutableDictionary<string, object>.Empty) { }

    public FunctionParameter(string name, Type type, IReadOnlyDictionary<string, object> properties)
        : this(name, type, hasDefaultValue: false, defaultValue: null, properties) { }

    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue, IReadOnlyDictionary<string, object> properties)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(properties);
        Name = name;
        Type = type;
        HasDefaultValue = hasDefaultValue;
        DefaultValue = defaultValue;
        IsReferenceOrNullableType = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        Properties = properties;
    }

    public string Name { get; }
    public Type Type { get; }
    public bool HasDefaultValue { get; }
    public bool IsReferenceOrNullableType { get; }
    public object? DefaultValue { get; }
    public IReadOnlyDictionary<string, object> Properties { get; }
}
