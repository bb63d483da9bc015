using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Platform;

/// <summary>An HTTP function, as its attributes describe it.</summary>
/// <param name="Route">Below the route prefix: <c>v1/wallet</c>.</param>
/// <param name="Methods">Upper case; empty means any.</param>
internal sealed record HttpFunction(string Name, MethodInfo Method, string Route, IReadOnlyList<string> Methods)
{
    public AccessAttribute? Access { get; } = Method.GetCustomAttribute<AccessAttribute>();

    public OperationAttribute? Operation { get; } = Method.GetCustomAttribute<OperationAttribute>();

    public bool SandboxOnly { get; } =
        Method.IsDefined(typeof(SandboxOnlyAttribute)) || Method.DeclaringType!.IsDefined(typeof(SandboxOnlyAttribute));

    private TemplateMatcher Matcher { get; } = new(TemplateParser.Parse(Route), []);

    /// <summary>Whether the route, is this one. Constraints are not looked at.</summary>
    public bool Matches(string path) => Matcher.TryMatch("/" + path.TrimStart('/'), new RouteValueDictionary());
}

/// <summary>The app's HTTP functions, read once from their attributes.</summary>
internal sealed class FunctionCatalog
{
    private readonly FrozenDictionary<string, HttpFunction> byName;

    private FunctionCatalog(IEnumerable<HttpFunction> functions)
    {
        Functions = functions.OrderBy(function => function.Route, StringComparer.Ordinal).ThenBy(function => function.Name, StringComparer.Ordinal).ToList();
        byName = Functions.ToFrozenDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);
    }

    public static FunctionCatalog OfApp { get; } = new(typeof(FunctionCatalog).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Select(Describe)
        .OfType<HttpFunction>());

    public IReadOnlyList<HttpFunction> Functions { get; }

    public HttpFunction? Find(string functionName) => byName.GetValueOrDefault(functionName);

    private static HttpFunction? Describe(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null);
        return trigger is not null && method.GetCustomAttribute<FunctionAttribute>() is { } function
            ? new HttpFunction(function.Name, method, trigger.Route ?? function.Name, [.. (trigger.Methods ?? []).Select(name => name.ToUpperInvariant())])
            : null;
    }
}
