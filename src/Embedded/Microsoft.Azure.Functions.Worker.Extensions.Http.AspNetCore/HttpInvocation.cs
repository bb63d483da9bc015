using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Local;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>One request: its binding data, its invocation, and the bare 500 of one that failed.</summary>
internal static class HttpInvocation
{
    public static async Task RunAsync(HttpContext http, LocalFunction function, FunctionInvoker invoker)
    {
        try
        {
            await invoker.InvokeAsync(function, http.Request, BindingData(http), http.RequestAborted, context => context.Features.Set(http));
        }
        catch (Exception)
        {
            // The invoker has logged it. A client that has part of an answer sees it cut off; any other gets no detail.
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>Query parameters (not the key) and route values by name; a route value wins.</summary>
    private static Dictionary<string, object?> BindingData(HttpContext http)
    {
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query)
            if (!name.Equals("code", StringComparison.OrdinalIgnoreCase)) data[name] = value.ToString();
        foreach (var (name, value) in http.Request.RouteValues)
            data[name] = value;
        return data;
    }
}
