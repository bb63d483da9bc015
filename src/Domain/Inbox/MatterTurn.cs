namespace WalletFunctions.Domain.Inbox;

/// <summary>Whose turn it is in the matter that a conversation follows, after what has just happened in it.</summary>
public abstract record MatterTurn
{
    private MatterTurn()
    {
    }

    /// <summary>Others have to act: the customer, a merchant, a bank. We have nothing to do.</summary>
    public static MatterTurn Theirs { get; } = new Waiting();

    /// <summary>The matter has ended.</summary>
    public static MatterTurn Nobodys { get; } = new Over();

    /// <summary>We have to act, whether anybody writes or not.</summary>
    /// <param name="dueAt">By when.</param>
    public static MatterTurn Ours(DateTimeOffset dueAt) => new Due(dueAt);

    /// <summary>The head as a conversation about it begins.</summary>
    internal Conversation Begin(Conversation conversation) =>
        conversation with { DueAt = null, StepDueAt = (this as Due)?.At, Status = this is Waiting ? ConversationStatus.Pending : conversation.Status };

    /// <summary>
    /// What it means for the conversation: one in which it is our turn is open; one in which our turn has passed to others is
    /// pending, and one whose matter has ended is resolved, unless somebody waits for an answer in it, or an agent wants to come back to it.
    /// </summary>
    internal Step Take(Step step, DateTimeOffset at)
    {
        var head = step.Conversation;
        return this switch
        {
            // Only as the turn passes: what an agent chose while it was others' stands for as long as it is.
            Waiting when head is { Status: ConversationStatus.Open, StepDueAt: not null } && !head.IsAwaited() =>
                SetStatus(step with { Conversation = head with { StepDueAt = null } }, ConversationStatus.Pending, at),
            Due due => SetStatus(step with { Conversation = head with { StepDueAt = head.StepDueAt < due.At ? head.StepDueAt : due.At } }, ConversationStatus.Open, at),
            Over when !head.IsAwaited() && head.Status != ConversationStatus.Snoozed => SetStatus(step with { Conversation = head with { StepDueAt = null } }, ConversationStatus.Resolved, at),
            _ => step with { Conversation = head with { StepDueAt = null } },
        };
    }

    private static Step SetStatus(Step step, ConversationStatus status, DateTimeOffset at)
    {
        var changed = new ConversationChange { Status = status }.Apply(step.Conversation, by: null, at).Value!;
        return changed with { Items = [.. step.Items, .. changed.Items] };
    }

    private sealed record Due(DateTimeOffset At) : MatterTurn;

    private sealed record Waiting : MatterTurn;

    private sealed record Over : MatterTurn;
}
