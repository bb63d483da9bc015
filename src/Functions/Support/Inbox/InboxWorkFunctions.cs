using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;

namespace WalletFunctions.Support.Inbox;

/// <summary>The inbox's queue and its clock.</summary>
public sealed class InboxWorkFunctions(OutboundMail outbound, InboxDesk desk)
{
    /// <summary>Sends a reply. A message that names none is dropped: the stored replies are the truth.</summary>
    [Function("SendReply")]
    public Task Send([QueueTrigger(OutboundMailNote.QueueName)] string note, CancellationToken cancellationToken)
    {
        var read = JsonSerializer.Deserialize<OutboundMailNote>(note);
        return Id.TryParse<ConversationId>(read?.ConversationId, out var conversation) && Id.TryParse<MessageId>(read?.MessageId, out var message)
            ? outbound.SendAsync(conversation, message, cancellationToken)
            : Task.CompletedTask;
    }

    /// <summary>Rings again for replies that wait, and wakes what was snoozed.</summary>
    [Function("InboxMinute")]
    public async Task Minute([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await outbound.SweepAsync(cancellationToken);
        await desk.WakeAsync(cancellationToken);
    }
}
