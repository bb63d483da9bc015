namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>The root of every trigger, input and output attribute.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    protected BindingAttribute() { }
}

[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    protected TriggerBindingAttribute() { }
}

[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    protected InputBindingAttribute() { }
}

[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute
{
    protected OutputBindingAttribute() { }
}
