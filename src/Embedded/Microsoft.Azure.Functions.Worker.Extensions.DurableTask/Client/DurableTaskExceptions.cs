namespace DurableTask.Core.Exceptions
{
    using Microsoft.DurableTask;

    /// <summary>An instance of that id exists in a status that the start may not replace.</summary>
    public class OrchestrationAlreadyExistsException : InvalidOperationException
    {
        public OrchestrationAlreadyExistsException()
        {
        }

        public OrchestrationAlreadyExistsException(string message)
            : base(message)
        {
        }

        public OrchestrationAlreadyExistsException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>What the engine under the context throws.</summary>
    public class OrchestrationException : Exception
    {
        public OrchestrationException()
        {
        }

        public OrchestrationException(string message)
            : base(message)
        {
        }

        public OrchestrationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }

        internal TaskFailureDetails? Failure { get; init; }
    }

    /// <summary>An activity failed: within the exception of the same name that the context throws.</summary>
    public class TaskFailedException : OrchestrationException
    {
        public TaskFailedException()
        {
        }

        public TaskFailedException(string reason)
            : base(reason)
        {
        }

        public TaskFailedException(string reason, Exception innerException)
            : base(reason, innerException)
        {
        }

        public int ScheduleId { get; set; }

        public string? Name { get; set; }
    }

    /// <summary>A replay asked for other tasks than the recorded ones; the instance fails with it.</summary>
    public class NonDeterministicOrchestrationException : OrchestrationException
    {
        public NonDeterministicOrchestrationException()
        {
        }

        public NonDeterministicOrchestrationException(string message)
            : base(message)
        {
        }

        public NonDeterministicOrchestrationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

// The official client speaks gRPC, so that its errors are of Grpc.Core.Api: the part of it that a caller catches.
namespace Grpc.Core
{
    /// <summary>The codes that the Durable client answers with.</summary>
    public enum StatusCode
    {
        OK = 0,
        Cancelled = 1,
        Unknown = 2,
        InvalidArgument = 3,
        DeadlineExceeded = 4,
        NotFound = 5,
        AlreadyExists = 6,
        PermissionDenied = 7,
        ResourceExhausted = 8,
        FailedPrecondition = 9,
        Aborted = 10,
        OutOfRange = 11,
        Unimplemented = 12,
        Internal = 13,
        Unavailable = 14,
        DataLoss = 15,
        Unauthenticated = 16,
    }

    /// <summary>A code and its sentence.</summary>
    public struct Status(StatusCode statusCode, string detail)
    {
        public StatusCode StatusCode { get; } = statusCode;

        public string Detail { get; } = detail;

        public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
    }

    /// <summary>A remote call was refused.</summary>
    public class RpcException(Status status, string message) : Exception(message)
    {
        public RpcException(Status status)
            : this(status, status.ToString())
        {
        }

        public Status Status { get; } = status;

        public StatusCode StatusCode => Status.StatusCode;
    }
}
