namespace Microsoft.Azure.Functions.Worker.Middleware;

public delegate Task FunctionExecutionDelegate(FunctionContext context);

/// <summary>Runs around every invocation, of every kind of trigger; one instance for the whole process.</summary>
public interface IFunctionsWorkerMiddleware
{
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
