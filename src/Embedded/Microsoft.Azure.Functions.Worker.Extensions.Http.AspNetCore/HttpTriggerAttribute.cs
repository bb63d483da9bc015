using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Who may call an HTTP function. Keys are checked by Azure only: a local host, official or not, lets every call through.</summary>
public enum AuthorizationLevel
{
    Anonymous = 0,
    User = 1,
    Function = 2,
    System = 3,
    Admin = 4,
}

public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

    /// <summary>Does not state the level; on Azure it is then Function, whatever <see cref="AuthLevel"/> says here.</summary>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>Stands behind the route prefix of host.json; the function's name when null.</summary>
    public string? Route { get; set; }

    /// <summary>Any, when null or empty.</summary>
    public string[]? Methods { get; private set; }

    public AuthorizationLevel AuthLevel { get; private set; }
}

/// <summary>Marks the member that is the HTTP answer, where a function has several outputs.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class HttpResultAttribute : OutputBindingAttribute
{
}
