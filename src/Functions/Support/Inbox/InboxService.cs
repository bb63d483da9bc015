using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <inheritdoc/>
internal sealed class InboxService(Conversations conversations, InboxLookups lookups, TimeProvider clock) : IInbox
{
    public async Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken)
    {
        var id = InboxKeys.ConversationOf("opened|" + command.Key, command.At);
        var contact = ContactKey.Email(command.Email);
        Check(await conversations.ChangeAsync(id, InboxKeys.Once(command.Key), before => Task.FromResult<Result<Decision>>(new Decision(before is null ? Opening.Open(Begin(id, command, contact), command.FirstEvent, command.At, command.Turn) : null)), cancellationToken));
        if (contact is not null)
        {
            await lookups.AddContactAsync(contact, id, cancellationToken);
        }

        return id;
    }

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken) =>
        AppendEventAsync(conversation, key, text, Priority.Low, cancellationToken);

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, Priority atLeast, CancellationToken cancellationToken) =>
        AppendAsync(conversation, key, text, atLeast, turn: null, cancellationToken);

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, Priority atLeast, MatterTurn turn, CancellationToken cancellationToken) =>
        AppendAsync(conversation, key, text, atLeast, turn, cancellationToken);

    private async Task AppendAsync(ConversationId conversation, string key, Text text, Priority atLeast, MatterTurn? turn, CancellationToken cancellationToken) =>
        Check(await conversations.ChangeAsync(conversation, InboxKeys.Once(key), before => Task.FromResult<Result<Decision>>(before is null
            ? throw new InvalidOperationException($"There is no conversation {conversation}.")
            : new Decision(Opening.Append(before.Conversation, text, atLeast, clock.GetUtcNow(), turn))), cancellationToken));

    private static Conversation Begin(ConversationId id, OpenConversation command, ContactKey? contact) => new()
    {
        Id = id,
        Subject = command.Subject.Zh,
        Priority = command.Priority,
        Topic = command.Topic,
        Account = command.AccountId,
        SubjectId = command.SubjectId,
        Contact = contact,
        ContactName = command.Name,
        Participants = contact is null ? [] : [contact],
        CreatedAt = command.At,
        LastMessageAt = command.At,
        DueAt = ServiceLevel.AnswerDue(command.Priority, command.At),
    };

    private static void Check(Result<StoredConversation> result)
    {
        if (!result.IsOk)
        {
            throw new InvalidOperationException($"The inbox could not be written: {result.Error.Code}.");
        }
    }
}
