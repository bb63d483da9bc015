using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Support.Inbox;

/// <summary>The message in the queue <c>outbound-mail</c>: a doorbell, no more.</summary>
internal sealed record OutboundMailNote(string ConversationId, string MessageId)
{
    public const string QueueName = "outbound-mail";
}

/// <summary>
/// Sends stored replies. Whoever takes a mail marks it as begun first; if it dies then, the mail is handed over again only to a
/// sender that recognises it, and otherwise shown as unknown, because a customer must not get the same answer twice.
/// </summary>
public sealed class OutboundMail
{
    /// <summary>A hand-over that takes longer has died.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private const int MaxAttempts = 20;
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);
    private static readonly TimeSpan RingAgainAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly OutboxTable outbox;
    private readonly ConversationTable table;
    private readonly Conversations conversations;
    private readonly IMailSender sender;
    private readonly Storage storage;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    internal OutboundMail(OutboxTable outbox, ConversationTable table, Conversations conversations, IMailSender sender, Storage storage, TimeProvider clock, MachineClock machine) =>
        (this.outbox, this.table, this.conversations, this.sender, this.storage, this.clock, this.machine) = (outbox, table, conversations, sender, storage, clock, machine);

    /// <summary>To be called before the reply is stored, so that no stored reply is ever forgotten.</summary>
    internal Task PrepareAsync(ConversationId conversation, MessageId message, CancellationToken cancellationToken) =>
        outbox.AddAsync(conversation, message, machine.GetUtcNow(), cancellationToken);

    internal Task RingAsync(ConversationId conversation, MessageId message, TimeSpan? after, CancellationToken cancellationToken) =>
        storage.Queue(OutboundMailNote.QueueName).SendMessageAsync(JsonSerializer.Serialize(new OutboundMailNote(conversation.Value, message.Value)), after, cancellationToken: cancellationToken);

    /// <summary>Sends one mail, if it is still to be sent.</summary>
    internal async Task SendAsync(ConversationId conversation, MessageId id, CancellationToken cancellationToken)
    {
        var row = await outbox.FindAsync(id, cancellationToken);
        if (row is null || await table.FindMessageAsync(conversation, id, cancellationToken) is not { } stored)
        {
            return; // done, or never stored
        }

        if (stored.Message.State is not (DeliveryState.Queued or DeliveryState.Sending))
        {
            await outbox.RemoveAsync(id, cancellationToken);
            return;
        }

        var now = machine.GetUtcNow();
        if (row.StartedAt is { } started && now - started < Lease)
        {
            await RingAsync(conversation, id, Lease, cancellationToken);
            return;
        }

        if (row.StartedAt is not null && !sender.CanRepeat)
        {
            await ConcludeAsync(conversation, id, DeliveryState.Unknown, null, cancellationToken);
            return;
        }

        if (row.Attempts >= MaxAttempts || now - row.CreatedAt > MaxAge)
        {
            await ConcludeAsync(conversation, id, DeliveryState.Failed, "gave_up", cancellationToken);
            return;
        }

        if (await outbox.ReplaceAsync(row with { StartedAt = now, Attempts = row.Attempts + 1 }, cancellationToken))
        {
            await HandOverAsync(conversation, stored, cancellationToken);
        }
    }

    /// <summary>Rings again for whatever has lain too long: the ring may have been lost.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = machine.GetUtcNow();
        await foreach (var row in outbox.AllAsync(cancellationToken))
        {
            var age = now - (row.StartedAt ?? row.CreatedAt);
            if (age > ForgetAfter && await table.FindMessageAsync(row.Conversation, row.Message, cancellationToken) is null)
            {
                await outbox.RemoveAsync(row.Message, cancellationToken); // announced, and then the reply was never stored
            }
            else if (age > (row.StartedAt is null ? RingAgainAfter : Lease))
            {
                await RingAsync(row.Conversation, row.Message, null, cancellationToken);
            }
        }
    }

    private async Task HandOverAsync(ConversationId conversation, (InboxMessage Message, Azure.ETag ETag) stored, CancellationToken cancellationToken)
    {
        var message = stored.Message with { State = DeliveryState.Sending };
        if (stored.Message.State != DeliveryState.Sending && !await table.ReplaceMessageAsync(conversation, message, stored.ETag, cancellationToken))
        {
            return; // it was changed this moment; the row is swept after the lease
        }

        var outcome = await sender.SendAsync(Compose(message), cancellationToken);
        switch (outcome)
        {
            case SendOutcome.Sent:
                await ConcludeAsync(conversation, message.Id, DeliveryState.Sent, null, CancellationToken.None);
                break;
            case SendOutcome.Failed failed:
                await ConcludeAsync(conversation, message.Id, DeliveryState.Failed, failed.Code, CancellationToken.None);
                break;
            case SendOutcome.Unknown:
                await ConcludeAsync(conversation, message.Id, DeliveryState.Unknown, null, CancellationToken.None);
                break;
            case SendOutcome.TryLater later:
                await PutBackAsync(conversation, message.Id, later.After);
                break;
            default:
                throw new InvalidOperationException("Unknown outcome of a send.");
        }
    }

    private async Task PutBackAsync(ConversationId conversation, MessageId id, TimeSpan after)
    {
        if (await outbox.FindAsync(id, CancellationToken.None) is { } row)
        {
            await outbox.ReplaceAsync(row with { StartedAt = null }, CancellationToken.None);
        }

        await RingAsync(conversation, id, after, CancellationToken.None);
    }

    private async Task ConcludeAsync(ConversationId conversation, MessageId id, DeliveryState state, string? failureCode, CancellationToken cancellationToken)
    {
        while (await table.FindMessageAsync(conversation, id, cancellationToken) is { } current)
        {
            var head = await table.FindAsync(conversation, cancellationToken) ?? throw new InvalidOperationException($"Conversation {conversation} has a message and no head.");
            if (Answering.Outcome(head.Conversation, current.Message, state, failureCode, clock.GetUtcNow()) is not { } outcome)
            {
                break; // known already, for example by a bounce
            }

            if (outcome.Step is null)
            {
                if (await table.ReplaceMessageAsync(conversation, outcome.Message, current.ETag, cancellationToken))
                {
                    break;
                }

                continue;
            }

            var changed = await conversations.ChangeAsync(conversation, InboxKeys.Once($"outcome|{id}"), before => Task.FromResult<Result<Decision>>(
                new Decision(Answering.Outcome(before!.Conversation, current.Message, state, failureCode, clock.GetUtcNow())!.Value.Step, (outcome.Message, current.ETag))), cancellationToken);
            if (changed.IsOk)
            {
                break;
            }
        }

        await outbox.RemoveAsync(id, cancellationToken);
    }

    private static OutgoingMail Compose(InboxMessage message) => new(
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(message.Id.Value)).AsSpan(0, 16)),
        message.MailMessageId!,
        message.Address!,
        message.Name,
        message.Subject,
        message.Text,
        message.Thread?.Answers,
        message.Thread?.References ?? []);
}
