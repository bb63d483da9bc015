using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Platform;

/// <summary>Liveness, readiness, and the answer to routes that do not exist.</summary>
public sealed class EdgeFunctions(Storage storage, SandboxOptions sandbox)
{
    /// <summary>The process is up.</summary>
    [Function("Health")]
    [Access(Role.Anonymous)]
    [Operation("Whether the process is alive", Response = typeof(HealthAnswer))]
    public static IResult Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request) => Answers.Ok(new HealthAnswer("ok"));

    /// <summary>The process is up and can reach its storage; a fault becomes 503 in the middleware.</summary>
    [Function("Ready")]
    [Access(Role.Anonymous)]
    [Operation("Whether the storage can be reached", Response = typeof(HealthAnswer), Codes = ["service_unavailable"])]
    public async Task<IResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "ready")] HttpRequest request, CancellationToken cancellationToken)
    {
        await storage.Table(ClockTable.TableName).GetEntityIfExistsAsync<Azure.Data.Tables.TableEntity>("ready", "ready", cancellationToken: cancellationToken);
        return Answers.Ok(new HealthAnswer("ok"));
    }

    /// <summary>Everything else: 405 where the route exists with another method, 404 elsewhere.</summary>
    /// <remarks>
    /// The Functions host asks the routes in the alphabetical order of their functions' names, whatever their precision, and
    /// takes the first that matches; so this name must be the last (a convention test sees to it).
    /// </remarks>
    [Function("Unknown")]
    [Access(Role.Anonymous)]
    [Operation("Unknown routes", Status = 404)]
    public IResult Unknown([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request)
    {
        var path = request.RouteValues["path"] as string ?? "";
        var allowed = FunctionCatalog.OfApp.Functions
            .Where(function => function.Methods.Count > 0 && (sandbox.Enabled || !function.SandboxOnly) && function.Matches(path))
            .SelectMany(function => function.Methods)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        return allowed.Count > 0 ? Answers.MethodNotAllowed(request, allowed) : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>The answer of health and readiness.</summary>
    /// <param name="Status">Always <c>ok</c>; anything else is a problem answer.</param>
    internal sealed record HealthAnswer(string Status);
}
