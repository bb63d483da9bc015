using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker.Local;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.Storage.Queues;

/// <summary>The life of one message: called, and then deleted, released or moved to the poison queue.</summary>
internal sealed class MessageProcessor(
    LocalFunction function, QueueClient queue, QueueClient? poison, QueueSettings settings, FunctionInvoker invoker, ILogger logger)
{
    public async Task ProcessAsync(QueueMessage stored)
    {
        if (Decode(stored) is not { } message)
        {
            logger.LogWarning("The message {MessageId} of '{Queue}' is not Base64, which host.json's messageEncoding asks for", stored.MessageId, queue.Name);
            await ToPoisonAsync(stored);
            return;
        }
        if (stored.DequeueCount > settings.MaxDequeueCount)
        {
            await ToPoisonAsync(stored);
            return;
        }

        using var done = new CancellationTokenSource();
        var renewal = RenewAsync(stored, done.Token);
        bool succeeded;
        try
        {
            await invoker.InvokeAsync(function, message, BindingData(message));
            succeeded = true;
        }
        catch (Exception)
        {
            // The invoker has logged it.
            succeeded = false;
        }
        await done.CancelAsync();
        stored = await renewal;

        if (succeeded) await DeleteAsync(stored);
        else if (poison is null) { /* stays hidden until its time is over, lest it fail in a tight loop */ }
        else if (stored.DequeueCount >= settings.MaxDequeueCount) await ToPoisonAsync(stored);
        else await ReleaseAsync(stored, settings.VisibilityTimeout);
    }

    public Task ReleaseAsync(QueueMessage message, TimeSpan visibleIn) =>
        IgnoringLossAsync(() => queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: visibleIn));

    private Task DeleteAsync(QueueMessage message) => IgnoringLossAsync(() => queue.DeleteMessageAsync(message.MessageId, message.PopReceipt));

    private async Task ToPoisonAsync(QueueMessage stored)
    {
        if (poison is null) return;
        logger.LogWarning("The message {MessageId} of '{Queue}' is moved to '{Poison}' after {Count} deliveries", stored.MessageId, queue.Name, poison.Name, stored.DequeueCount);
        await QueueClients.SendStoredAsync(poison, stored.Body);
        await DeleteAsync(stored);
    }

    /// <summary>Hides the message again at half time, until cancelled; returns it with its newest receipt.</summary>
    private async Task<QueueMessage> RenewAsync(QueueMessage message, CancellationToken done)
    {
        var pause = settings.Invisibility / 2;
        while (true)
        {
            await Task.Delay(pause, done).ContinueWith(static _ => { }, TaskScheduler.Default);
            if (done.IsCancellationRequested) return message;
            try
            {
                message = message.Update(await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: settings.Invisibility, cancellationToken: CancellationToken.None));
                pause = settings.Invisibility / 2;
            }
            catch (RequestFailedException e) when (IsLost(e))
            {
                return message;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "The invisibility of message {MessageId} of '{Queue}' could not be renewed; it is tried again", message.MessageId, queue.Name);
                pause = settings.Invisibility / 10;
            }
        }
    }

    private QueueMessage? Decode(QueueMessage stored)
    {
        if (!settings.IsBase64) return stored;
        var text = stored.Body.ToString();
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return null;
        return new QueueMessage
        {
            MessageId = stored.MessageId,
            PopReceipt = stored.PopReceipt,
            Body = BinaryData.FromBytes(bytes.AsMemory(0, length)),
            DequeueCount = stored.DequeueCount,
            InsertedOn = stored.InsertedOn,
            ExpiresOn = stored.ExpiresOn,
            NextVisibleOn = stored.NextVisibleOn,
        };
    }

    /// <summary>As the host sends it: text as it is, everything else as JSON.</summary>
    private static Dictionary<string, object?> BindingData(QueueMessage message) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["QueueTrigger"] = message.Body.ToString(),
        ["Id"] = message.MessageId,
        ["PopReceipt"] = message.PopReceipt,
        ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
        ["InsertionTime"] = JsonSerializer.Serialize(message.InsertedOn),
        ["ExpirationTime"] = JsonSerializer.Serialize(message.ExpiresOn),
        ["NextVisibleTime"] = JsonSerializer.Serialize(message.NextVisibleOn),
    };

    private async Task IgnoringLossAsync(Func<Task> settle)
    {
        try
        {
            await settle();
        }
        catch (RequestFailedException e) when (IsLost(e))
        {
            logger.LogDebug(e, "A message of '{Queue}' could not be settled: somebody else has it, or it is gone", queue.Name);
        }
    }

    /// <summary>The receipt is outdated, or the message or the queue is gone.</summary>
    private static bool IsLost(RequestFailedException e) =>
        e.Status == 404 || e is { Status: 400, ErrorCode: "PopReceiptMismatch" } || e is { Status: 409, ErrorCode: "QueueBeingDeleted" or "QueueDisabled" };
}
