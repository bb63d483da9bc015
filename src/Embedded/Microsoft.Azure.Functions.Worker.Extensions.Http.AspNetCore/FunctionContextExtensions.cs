using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

namespace Microsoft.Azure.Functions.Worker;

public static class FunctionContextExtensions
{
    /// <summary>The request of an HTTP function, from the middleware behind ConfigureFunctionsWebApplication on; else null.</summary>
    public static HttpContext? GetHttpContext(this FunctionContext context) =>
        context.Items.TryGetValue(FunctionsHttpProxyingMiddleware.HttpContextKey, out var value) ? value as HttpContext : null;
}
