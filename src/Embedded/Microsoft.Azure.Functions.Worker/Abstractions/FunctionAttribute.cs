namespace Microsoft.Azure.Functions.Worker;

/// <summary>Marks a public method as a function of the app.</summary>
/// <param name="name">Unique in the app, whatever its casing.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
