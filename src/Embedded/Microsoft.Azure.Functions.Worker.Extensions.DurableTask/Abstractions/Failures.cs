using System.Reflection;
using DurableTask.Core.Exceptions;

namespace Microsoft.DurableTask;

/// <summary>An activity or a sub-orchestration failed; what is known of it is text.</summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>As activities fail.</summary>
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(Sentence(taskName, taskId, (innerException as OrchestrationException)?.Failure?.ErrorMessage ?? innerException?.Message), innerException)
    {
        ArgumentNullException.ThrowIfNull(innerException);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException);
    }

    /// <summary>As sub-orchestrations fail.</summary>
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(Sentence(taskName, taskId, failureDetails?.ErrorMessage))
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails!;
    }

    public string TaskName { get; }

    /// <summary>The task's number within its execution, from 0.</summary>
    public int TaskId { get; }

    /// <summary>Null, officially too, for a sub-orchestration that was terminated.</summary>
    public TaskFailureDetails FailureDetails { get; }

    private static string Sentence(string taskName, int taskId, string? cause) => cause is null
        ? $"Task '{taskName}' (#{taskId}) failed with an unhandled exception."
        : $"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {cause}";
}

/// <summary>An exception as text: it never crosses the border between functions as an object.</summary>
public record TaskFailureDetails(string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
{
    private const string Unknown = "(unknown)";

    /// <summary>A history that was nested more deeply could not be read.</summary>
    private const int MostCauses = 50;

    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    /// <summary>Whether the exception was a <typeparamref name="T"/> or derived from it; false when its type cannot be loaded.</summary>
    public bool IsCausedBy<T>() where T : Exception => IsCausedBy(typeof(T));

    /// <inheritdoc cref="IsCausedBy{T}"/>
    /// <exception cref="AmbiguousMatchException">Several loaded assemblies have a type of that name, and the caller's is none of them.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
            throw new ArgumentException($"{targetBaseExceptionType} is not an exception.", nameof(targetBaseExceptionType));
        if (string.IsNullOrEmpty(ErrorType)) return false;
        var type = Type.GetType(ErrorType, throwOnError: false)
            ?? targetBaseExceptionType.Assembly.GetType(ErrorType, throwOnError: false)
            ?? Assembly.GetCallingAssembly().GetType(ErrorType, throwOnError: false)
            ?? AnyLoaded(ErrorType);
        return type is not null && targetBaseExceptionType.IsAssignableFrom(type);
    }

    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var cause = exception.InnerException is { } inner ? FromException(inner) : null;
        return exception is OrchestrationException { Failure: var known }
            ? new(known?.ErrorType ?? Unknown, known?.ErrorMessage ?? Unknown, known?.StackTrace, known?.InnerFailure ?? cause, known?.Properties)
            : new(exception.GetType().ToString(), exception.Message, exception.StackTrace, cause, null);
    }

    /// <summary>How an orchestrator's failure is told. The failure of a task keeps its details, but not one that another exception is wrapped around.</summary>
    internal static TaskFailureDetails OfOrchestrator(Exception exception) => exception is TaskFailedException { FailureDetails: var task }
        ? new(exception.GetType().ToString(), exception.Message, exception.StackTrace, task, task?.Properties)
        : OfCause(exception);

    private static TaskFailureDetails OfCause(Exception exception)
    {
        var message = exception is global::DurableTask.Core.Exceptions.TaskFailedException task
            ? $"Task '{task.Name}' (#{task.ScheduleId}) failed with an unhandled exception: {task.Message}"
            : exception.Message;
        return new(exception.GetType().FullName!, message, exception.StackTrace, exception.InnerException is { } inner ? OfCause(inner) : null, null);
    }

    /// <summary>What is stored of it: not the causes behind a chain longer than anybody reads.</summary>
    internal TaskFailureDetails Storable(int causes = MostCauses)
        => this with { InnerFailure = causes > 0 ? InnerFailure?.Storable(causes - 1) : null };

    private static Type? AnyLoaded(string name)
    {
        var types = AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(name, throwOnError: false)).OfType<Type>().Take(2).ToList();
        return types.Count > 1 ? throw new AmbiguousMatchException($"Several loaded assemblies have a type '{name}'.") : types.FirstOrDefault();
    }
}
