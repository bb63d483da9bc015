using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.DependencyInjection;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

[assembly: LocalExtension(typeof(HttpExtension))]

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>Serves HTTP functions: the host's front end and the worker's ASP.NET Core integration in one.</summary>
internal sealed class HttpExtension : LocalExtension
{
    public const string TriggerType = "httpTrigger";
    public const string OutputType = "http";
    private string _prefix = "api";

    public override LocalBinding? Describe(Attribute attribute, string name) => attribute switch
    {
        HttpTriggerAttribute => new(this, attribute, name, TriggerType, BindingDirection.In),
        HttpResultAttribute => new(this, attribute, name, OutputType, BindingDirection.Out),
        FromBodyAttribute => new(this, attribute, name, "", BindingDirection.In),
        _ => null,
    };

    public override void Check(LocalFunction function)
    {
        var answers = function.Outputs.Count(o => o.Binding.Type == OutputType);
        if (answers > 1) throw Discovery.Refuse(function.Name, "has more than one [HttpResult] (AZFW0007)");
        var returned = function.Outputs.FirstOrDefault(o => o.Property is not null)?.Property!.DeclaringType;
        if (answers == 0 && returned?.GetProperties().FirstOrDefault(IsAnswer) is { } answer)
            throw Discovery.Refuse(function.Name, $"returns its HTTP answer in '{answer.Name}', which needs [HttpResult] because there are other outputs (AZFW0015)");

        static bool IsAnswer(PropertyInfo property) =>
            property.PropertyType.IsAssignableTo(typeof(IActionResult)) || property.PropertyType.IsAssignableTo(typeof(IResult));
    }

    public override void ConfigureApplication(WebApplication application, IReadOnlyList<LocalFunction> functions)
    {
        _prefix = application.Services.GetRequiredService<HostJson>().Extension("http")["routePrefix"] ?? _prefix;
        application.UseRouting();
        // Where only the method does not fit, the Functions host finds no function (404); ASP.NET Core would say 405.
        application.Use((http, next) =>
        {
            if (http.GetEndpoint() is not RouteEndpoint) http.SetEndpoint(null);
            return next(http);
        });
        application.UseEndpoints(endpoints =>
        {
            foreach (var function in functions.Where(f => f.Trigger.Extension == this)) Map(endpoints, function);
        });
    }

    public override async ValueTask<object?> BindAsync(LocalBinding binding, FunctionParameter parameter, object? value, FunctionContext context)
    {
        if (binding.Attribute is FromBodyAttribute) return await FromBody.ReadAsync(context, parameter.Type);
        if (parameter.Type == typeof(HttpRequest)) return context.GetHttpContext()?.Request;
        // The host forwards the body past the worker, so any other type finds nothing to be made of.
        return await base.BindAsync(binding, parameter, value: null, context);
    }

    public override string Display(LocalFunction function, string address)
    {
        var methods = ((HttpTriggerAttribute)function.Trigger.Attribute).Methods ?? [];
        var verbs = methods.Length == 0 ? "" : $"[{string.Join(',', methods.Select(m => m.ToUpperInvariant()))}] ";
        return $"{verbs}{address}/{Route(function)}";
    }

    private string Route(LocalFunction function) =>
        $"{_prefix}/{((HttpTriggerAttribute)function.Trigger.Attribute).Route ?? function.Name}".Trim('/');

    private void Map(IEndpointRouteBuilder endpoints, LocalFunction function)
    {
        if (!endpoints.ServiceProvider.GetServices<FunctionsHttpProxyingMiddleware>().Any())
            throw Discovery.Refuse(function.Name, "is an HTTP function, for which the builder needs ConfigureFunctionsWebApplication() (AZFW0014)");
        var route = Route(function);
        if (route.Split('/')[0].ToLowerInvariant() is "admin" or "runtime")
            throw Discovery.Refuse(function.Name, $"has the route '{route}'; 'admin' and 'runtime' belong to the host");
        RoutePattern pattern;
        try
        {
            pattern = RoutePatternFactory.Parse(route);
        }
        catch (RoutePatternException e)
        {
            throw Discovery.Refuse(function.Name, $"has a route that cannot be read, '{route}': {e.Message}");
        }
        var invoker = endpoints.ServiceProvider.GetRequiredService<FunctionInvoker>();
        endpoints.Map(pattern, http => HttpInvocation.RunAsync(http, function, invoker))
            .WithDisplayName(function.Name)
            .WithMetadata(new HttpMethodMetadata(((HttpTriggerAttribute)function.Trigger.Attribute).Methods?.Select(m => m.ToUpperInvariant()) ?? []));
    }
}
