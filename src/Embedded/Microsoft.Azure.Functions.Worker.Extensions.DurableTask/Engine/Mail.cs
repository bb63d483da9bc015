using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>Something for an instance, handed over in memory. A caller's call returns when it is committed.</summary>
internal abstract class Mail
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public void Accept() => _done.TrySetResult();

    public void Refuse(Exception reason)
    {
        _done.TrySetException(reason);
        _ = _done.Task.Exception; // Not everybody waits for the answer.
    }
}

/// <summary>An event of a client, or an activity's answer.</summary>
internal sealed class EventMail(HistoryEvent e) : Mail
{
    public HistoryEvent Event { get; } = e;
}

/// <summary>A client's start.</summary>
internal sealed class StartMail(StartRequest request) : Mail
{
    public StartRequest Request { get; } = request;
}

/// <summary>Another host puts a message into the inbox.</summary>
/// <param name="ring">The ring.</param>
/// <param name="isLast">Whether the ring is so old that a look from now on must find the message, if it is to come at all.</param>
internal sealed class RingMail(Ring ring, bool isLast) : Mail
{
    public Ring Ring { get; } = ring;

    public bool IsLast { get; } = isLast;
}
