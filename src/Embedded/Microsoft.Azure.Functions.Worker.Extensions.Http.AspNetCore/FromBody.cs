using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore;

/// <summary>Reads a body with MVC's model binder, but without what <c>[ApiController]</c> adds: a bad body is a fault, not a 400.</summary>
internal static class FromBody
{
    public static async Task<object?> ReadAsync(FunctionContext context, Type type)
    {
        var http = context.GetHttpContext() ?? throw new InvalidOperationException("[FromBody] needs an HTTP request.");
        var metadata = http.RequestServices.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(type);
        var name = metadata.BinderModelName ?? "";
        var binder = http.RequestServices.GetRequiredService<IModelBinderFactory>().CreateBinder(new ModelBinderFactoryContext
        {
            Metadata = metadata,
            BindingInfo = new BindingInfo { BinderModelName = name, BindingSource = BindingSource.Body, BinderType = metadata.BinderType, PropertyFilterProvider = metadata.PropertyFilterProvider },
            CacheToken = null,
        });
        var binding = new DefaultModelBindingContext
        {
            ModelMetadata = metadata,
            ModelName = name,
            BindingSource = BindingSource.Body,
            ModelState = new ModelStateDictionary(),
            ActionContext = new ActionContext { HttpContext = http },
        };
        await binder.BindModelAsync(binding);
        if (binding.Result.IsModelSet) return binding.Result.Model;
        if (!binding.ModelState.IsValid)
            throw new InvalidOperationException(string.Join(' ', binding.ModelState.Values
                .SelectMany(v => v!.Errors)
                .Select(e => string.IsNullOrEmpty(e.ErrorMessage) ? e.Exception?.Message : e.ErrorMessage)));
        context.GetLogger("Microsoft.Azure.Functions.Worker.Http").LogWarning("The request's body could not be bound to {Type}", type);
        return null;
    }
}
