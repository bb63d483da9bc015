using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>
/// Gives HTTP functions their HttpContext and executes what they, or the middleware inside this one, answered.
/// </summary>
internal sealed class FunctionsHttpProxyingMiddleware(ILogger<FunctionsHttpProxyingMiddleware> logger) : IFunctionsWorkerMiddleware
{
    public const string HttpContextKey = "HttpRequestContext";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.Features.Get<HttpContext>() is not { } http)
        {
            await next(context);
            return;
        }
        context.Items[HttpContextKey] = http;
        await next(context);

        if (await TryExecuteAsync(context.GetInvocationResult().Value, http)) return;
        var output = context.GetOutputBindings<object>().FirstOrDefault(o => o.BindingType == HttpExtension.OutputType);
        if (output is null || !await TryExecuteAsync(output.Value, http))
            logger.LogWarning("The function '{Function}' returned no HTTP result; the caller gets what is on the HttpContext", context.FunctionDefinition.Name);
    }

    private static async Task<bool> TryExecuteAsync(object? result, HttpContext http)
    {
        switch (result)
        {
            case IActionResult action:
                await action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                return true;
            case IResult plain:
                await plain.ExecuteAsync(http);
                return true;
            default:
                return false;
        }
    }
}
