using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Inbox;

/// <summary>Changes conversations: decide on the head, write head and items together, decide again where somebody else was first.</summary>
internal sealed class Conversations(ConversationTable table, InboxIndex index)
{
    private const int MaxTries = 12;

    /// <param name="id">Which.</param>
    /// <param name="onceRow">See <see cref="ConversationTable.CommitAsync"/>.</param>
    /// <param name="decide">From the head (null where there is none) to what to write; null writes nothing. Runs again after a conflict.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isNew">Whether it is hardly ever there yet: then nobody looks first.</param>
    /// <returns>The head as it is afterwards.</returns>
    public async Task<Result<StoredConversation>> ChangeAsync(
        ConversationId id, string? onceRow, Func<StoredConversation?, Task<Result<Decision>>> decide, CancellationToken cancellationToken, bool isNew = false)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (tries > 1)
            {
                await Task.Delay(Random.Shared.Next(5, 20 * tries), cancellationToken);
            }

            var before = isNew && tries == 0 ? null : await table.FindAsync(id, cancellationToken);
            var decision = await decide(before);
            if (!decision.IsOk)
            {
                return decision.Error;
            }

            var after = before;
            if (decision.Value.Step is { } step && !(before is not null && ReferenceEquals(step.Conversation, before.Conversation)))
            {
                after = await table.CommitAsync(before, step, onceRow, decision.Value.Changed, cancellationToken);
                if (after is null)
                {
                    continue;
                }
            }

            // Also where nothing was to be written: whoever wrote it may have died before the index.
            await index.UpdateAsync(after ?? throw new InvalidOperationException($"Conversation {id} is not there after a change to it."), cancellationToken);
            return after;
        }

        return InboxErrors.Busy;
    }
}

/// <summary>What to write.</summary>
/// <param name="Step">Null for nothing.</param>
/// <param name="Changed">A message whose delivery state changes with it.</param>
internal sealed record Decision(Step? Step, (InboxMessage Message, Azure.ETag ETag)? Changed = null);
