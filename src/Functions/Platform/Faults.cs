using System.Net.Sockets;
using Azure;
using Grpc.Core;

namespace WalletFunctions.Platform;

/// <summary>Marks a feature's own exception as one that passes by itself: the caller gets 503 and may repeat.</summary>
internal interface IOutOfReach;

/// <summary>Tells a part that is out of reach (try again) from a bug (be fixed).</summary>
internal static class Faults
{
    public static bool IsOutOfReach(Exception exception) => exception switch
    {
        // 0: no answer at all. 401 and 403: the storage does not know us, which is a matter of its settings.
        RequestFailedException { Status: 0 or 401 or 403 or 408 or 429 or >= 500 } => true,
        IOutOfReach => true,

        // The Durable engine: what a caller can do about is caught where it is called.
        RpcException => true,
        AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(IsOutOfReach),
        HttpRequestException or SocketException or TimeoutException => true,
        // A network time-out inside a client; the caller's own cancellation is told apart before.
        TaskCanceledException => true,
        _ => false,
    };

    /// <summary>Whether it says that the caller's token was cancelled; the Durable client says so as gRPC does.</summary>
    public static bool IsCancellation(Exception exception) => exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    /// <summary>For the log: no address, no body.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        RequestFailedException failed => $"{failed.Status} {failed.ErrorCode}",
        AggregateException many => string.Join(", ", many.InnerExceptions.Select(Describe).Distinct(StringComparer.Ordinal)),
        _ => exception.GetType().Name,
    };
}
