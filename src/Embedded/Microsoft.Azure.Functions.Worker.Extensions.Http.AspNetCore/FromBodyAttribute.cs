using Microsoft.Azure.Functions.Worker.Local;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>Binds a parameter to the request's body, by MVC's input formatters; a body that does not fit ends in a 500.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class FromBodyAttribute : Attribute, IParameterConverter
{
}
