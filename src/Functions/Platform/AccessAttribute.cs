namespace WalletFunctions.Platform;

/// <summary>Who may call an HTTP function. Every one carries it: a convention test fails without it, and the middleware refuses.</summary>
/// <param name="who">The roles admitted; <see cref="Role.Anonymous"/> admits anyone.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AccessAttribute(Role who) : Attribute
{
    public Role Who { get; } = who;
}

/// <summary>A function that exists only where <c>Sandbox:Enabled</c> is true; elsewhere it answers as an unknown route does.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class SandboxOnlyAttribute : Attribute;
