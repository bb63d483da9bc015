namespace Microsoft.Azure.Functions.Worker;

public class FunctionWorkerException : Exception
{
    internal FunctionWorkerException(string message) : base(message) { }
    internal FunctionWorkerException(string? message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>A parameter of a function could not be bound; the invocation fails before the function is called.</summary>
public class FunctionInputConverterException : FunctionWorkerException
{
    public FunctionInputConverterException(string? message) : base(message, innerException: null) { }
    public FunctionInputConverterException(string? message, Exception? innerException) : base(message, innerException) { }
}
