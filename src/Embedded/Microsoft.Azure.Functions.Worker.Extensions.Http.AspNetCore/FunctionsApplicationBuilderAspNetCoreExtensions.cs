using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Builder;

public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>
    /// Lets HTTP functions take ASP.NET Core's types. Middleware added after this runs inside the handling of the HTTP
    /// result, so it sees the request and may replace the answer; middleware added before does not.
    /// </summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(FunctionsHttpProxyingMiddleware))) return builder;
        builder.UseMiddleware<FunctionsHttpProxyingMiddleware>();
        // There are no controllers to look for: an empty list of parts keeps MVC from searching every assembly.
        builder.Services.TryAddSingleton(new ApplicationPartManager());
        builder.Services.AddMvcCore().AddDataAnnotations();
        return builder;
    }
}
