using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Local;

/// <summary>A binding of a function: what <c>function.json</c> says of it, and who serves it.</summary>
/// <param name="type">As in <c>function.json</c>: <c>httpTrigger</c>, <c>queue</c>, …</param>
internal sealed class LocalBinding(LocalExtension extension, Attribute attribute, string name, string type, BindingDirection direction) : BindingMetadata
{
    public LocalExtension Extension { get; } = extension;
    public Attribute Attribute { get; } = attribute;
    public override string Name { get; } = name;
    public override string Type { get; } = type;
    public override BindingDirection Direction { get; } = direction;
}

/// <summary>A discovered function.</summary>
internal sealed class LocalFunction : FunctionDefinition
{
    public LocalFunction(string name, MethodInfo method, LocalBinding trigger, IReadOnlyList<LocalBinding?> inputs, IReadOnlyList<LocalOutput> outputs)
    {
        Name = name;
        Method = method;
        Trigger = trigger;
        Inputs = inputs;
        Outputs = outputs;
        Id = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToLowerInvariant()))).ToString("x16");
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        PathToAssembly = method.DeclaringType.Assembly.Location;
        Parameters = [.. method.GetParameters().Select(p => new FunctionParameter(p.Name!, p.ParameterType, p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null))];
        InputBindings = inputs.OfType<LocalBinding>().Where(b => b.Attribute is BindingAttribute)
            .ToImmutableDictionary(b => b.Name, BindingMetadata (b) => b, StringComparer.OrdinalIgnoreCase);
        OutputBindings = outputs.ToImmutableDictionary(o => o.Binding.Name, BindingMetadata (o) => o.Binding, StringComparer.OrdinalIgnoreCase);
        Executor = new FunctionExecutor(this);
    }

    public override string Name { get; }
    public override string Id { get; }
    public override string EntryPoint { get; }
    public override string PathToAssembly { get; }
    public override ImmutableArray<FunctionParameter> Parameters { get; }
    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }
    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    public MethodInfo Method { get; }
    public LocalBinding Trigger { get; }

    /// <summary>One for each parameter; null where the parameter has no attribute of a binding.</summary>
    public IReadOnlyList<LocalBinding?> Inputs { get; }
    public IReadOnlyList<LocalOutput> Outputs { get; }
    public FunctionExecutor Executor { get; }
}

/// <summary>An output; without a property it is the returned value itself.</summary>
internal sealed record LocalOutput(LocalBinding Binding, PropertyInfo? Property);
