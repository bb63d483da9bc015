using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Support.Inbox;

/// <inheritdoc/>
internal sealed class InboxService(Conversations conversations, InboxLookups lookups, RecentAccounts accounts, TimeProvider clock) : IInbox
{
    public async Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken)
    {
        var id = IdOf(command.Key, command.At);
        var person = command.AccountId is { } account ? await accounts.FindAsync(account, cancellationToken) : null;
        var contact = ContactKey.Email(person?.Email);
        Check(await conversations.ChangeAsync(id, InboxKeys.Once(command.Key), before => Task.FromResult<Result<Decision>>(new Decision(before is null ? Opening.Open(Begin(id, command, person, contact), command.FirstEvent, command.At, command.Turn) : null)), cancellationToken, isNew: true));
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

    public async Task TellEndAsync(string occasion, DateTimeOffset at, string key, Text text, CancellationToken cancellationToken)
    {
        var told = await conversations.ChangeAsync(IdOf(occasion, at), InboxKeys.Once(key), before => Task.FromResult<Result<Decision>>(before is null
            ? PlatformErrors.NotFound
            : new Decision(Opening.Append(before.Conversation, text, Priority.Low, clock.GetUtcNow(), MatterTurn.Nobodys))), cancellationToken);
        if (told.Error != PlatformErrors.NotFound)
        {
            Check(told);
        }
    }

    private async Task AppendAsync(ConversationId conversation, string key, Text text, Priority atLeast, MatterTurn? turn, CancellationToken cancellationToken) =>
        Check(await conversations.ChangeAsync(conversation, InboxKeys.Once(key), before => Task.FromResult<Result<Decision>>(before is null
            ? throw new InvalidOperationException($"There is no conversation {conversation}.")
            : new Decision(Opening.Append(before.Conversation, text, atLeast, clock.GetUtcNow(), turn))), cancellationToken));

    private static ConversationId IdOf(string occasion, DateTimeOffset at) => InboxKeys.ConversationOf("opened|" + occasion, at);

    private static Conversation Begin(ConversationId id, OpenConversation command, Account? person, ContactKey? contact) => new()
    {
        Id = id,
        Subject = command.Subject.Zh,
        Priority = command.Priority,
        Topic = command.Topic,
        Account = command.AccountId,
        SubjectId = command.SubjectId,
        Contact = contact,
        ContactName = person?.DisplayName,
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
