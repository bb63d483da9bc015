using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Local;

/// <summary>
/// Finds the functions, by reflection, where the official build generates an index. What that build refuses is refused
/// here, by a sentence.
/// </summary>
internal static partial class Discovery
{
    private const string Worker = "Microsoft.Azure.Functions.Worker";

    /// <summary>The named assembly (else the program) and those it refers to that may hold functions.</summary>
    public static IReadOnlyList<Assembly> Assemblies(string? name)
    {
        var root = name is null ? Assembly.GetEntryAssembly()! : Assembly.Load(name);
        return [root, .. root.GetReferencedAssemblies().Where(MayHoldFunctions).Select(Assembly.Load).Where(RefersToWorker)];

        static bool MayHoldFunctions(AssemblyName reference) =>
            !reference.Name!.StartsWith("System.", StringComparison.Ordinal) && !reference.Name.StartsWith("Microsoft.", StringComparison.Ordinal)
            && !reference.Name.StartsWith("Azure.", StringComparison.Ordinal);

        static bool RefersToWorker(Assembly assembly) => assembly.GetReferencedAssemblies().Any(r => r.Name!.StartsWith(Worker, StringComparison.Ordinal));
    }

    public static IReadOnlyList<LocalExtension> Extensions(IEnumerable<Assembly> assemblies) =>
        [.. assemblies.SelectMany(a => a.GetReferencedAssemblies())
            .Where(r => r.Name!.StartsWith(Worker + ".Extensions.", StringComparison.Ordinal))
            .Select(r => r.Name!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(Assembly.Load)
            .Select(a => a.GetCustomAttribute<LocalExtensionAttribute>())
            .OfType<LocalExtensionAttribute>()
            .Select(a => (LocalExtension)Activator.CreateInstance(a.Extension)!)];

    /// <param name="prefix">Only types whose full name begins so; empty for all.</param>
    public static IReadOnlyList<LocalFunction> Functions(IEnumerable<Assembly> assemblies, string prefix, IReadOnlyList<LocalExtension> extensions)
    {
        var functions = new Dictionary<string, LocalFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var type in assemblies.SelectMany(a => a.GetTypes()))
        {
            if (!type.IsClass || type.Name.StartsWith('<') || !type.FullName!.StartsWith(prefix, StringComparison.Ordinal)) continue;
            foreach (var method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
            {
                if (!method.IsDefined(typeof(FunctionAttribute), inherit: false)) continue;
                var function = Describe(method, extensions);
                if (!functions.TryAdd(function.Name, function))
                    throw new HostStartException(
                        $"Two functions are called '{function.Name}': {functions[function.Name].EntryPoint} and {function.EntryPoint}; names must be unique, whatever their casing (AZFW0017).");
            }
        }
        return [.. functions.Values.OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private static LocalFunction Describe(MethodInfo method, IReadOnlyList<LocalExtension> extensions)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        if (!FunctionName().IsMatch(name))
            throw Refuse(name, "is no valid name: a letter, then at most 127 letters, digits, '-' or '_'");
        if (!method.IsPublic || !method.DeclaringType!.IsVisible)
            throw Refuse(name, "and its class must be public");
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            throw Refuse(name, "is async void; it must return a Task (AZFW0002)");
        if (method.ReturnType.Name.StartsWith("ValueTask", StringComparison.Ordinal))
            throw Refuse(name, "returns a ValueTask; it must return a Task");

        var inputs = method.GetParameters().Select(p => Single(name, p.GetCustomAttributes().Where(a => a is BindingAttribute or IParameterConverter), p.Name!, extensions)).ToImmutableArray();
        var triggers = inputs.Where(b => b?.Attribute is TriggerBindingAttribute).ToList();
        if (triggers is not [{ } trigger])
            throw Refuse(name, triggers.Count == 0 ? "has no trigger, or its extension is not there" : "has more than one trigger");

        var function = new LocalFunction(name, method, trigger, inputs, Outputs(name, method, extensions));
        trigger.Extension.Check(function);
        return function;
    }

    private static List<LocalOutput> Outputs(string name, MethodInfo method, IReadOnlyList<LocalExtension> extensions)
    {
        var returned = method.ReturnType;
        if (returned.IsGenericType && returned.GetGenericTypeDefinition() == typeof(Task<>)) returned = returned.GenericTypeArguments[0];
        var outputs = returned.GetProperties()
            .Where(p => p.IsDefined(typeof(OutputBindingAttribute)))
            .Select(p => new LocalOutput(Single(name, p.GetCustomAttributes<OutputBindingAttribute>(), p.Name, extensions)!, p))
            .ToList();
        if (Single(name, method.GetCustomAttributes<OutputBindingAttribute>(), "$return", extensions) is not { } result) return outputs;
        if (outputs.Count > 0) throw Refuse(name, "has an output on the method and outputs on the returned type's properties; only one way can be used");
        if (returned == typeof(void) || returned == typeof(Task)) throw Refuse(name, "has an output on the method but returns nothing");
        return [new LocalOutput(result, Property: null)];
    }

    private static LocalBinding? Single(string function, IEnumerable<Attribute> attributes, string name, IReadOnlyList<LocalExtension> extensions)
    {
        LocalBinding? found = null;
        foreach (var attribute in attributes)
        {
            if (found is not null) throw Refuse(function, $"has more than one binding on '{name}' (AZFW0005)");
            found = extensions.Select(e => e.Describe(attribute, name)).FirstOrDefault(b => b is not null)
                ?? throw Refuse(function, $"uses {attribute.GetType().Name}, which no extension of the local host serves");
        }
        return found;
    }

    public static HostStartException Refuse(string function, string because) => new($"The function '{function}' {because}.");

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,127}$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FunctionName();
}
