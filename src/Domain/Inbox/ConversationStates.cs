namespace WalletFunctions.Domain.Inbox;

/// <summary>Whose turn it is in a conversation.</summary>
public enum ConversationStatus
{
    /// <summary>Ours.</summary>
    Open,

    /// <summary>Somebody else's: the customer's, who was answered; in a matter also a merchant's or a bank's.</summary>
    Pending,

    /// <summary>Nobody's until a moment that an agent chose.</summary>
    Snoozed,

    /// <summary>Done; a new message opens it again.</summary>
    Resolved,
}

/// <summary>How soon an answer is due; see <see cref="ServiceLevel"/>.</summary>
public enum Priority
{
    /// <summary>Can wait.</summary>
    Low,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Money is late.</summary>
    High,

    /// <summary>Money is being stolen.</summary>
    Urgent,
}

/// <summary>What became of a message that went out; messages that came in are <see cref="Received"/>.</summary>
public enum DeliveryState
{
    /// <summary>It came in.</summary>
    Received,

    /// <summary>Stored, to be sent.</summary>
    Queued,

    /// <summary>Being handed over, or the program died while it was.</summary>
    Sending,

    /// <summary>The next hop took it.</summary>
    Sent,

    /// <summary>Refused for good.</summary>
    Failed,

    /// <summary>Taken, and returned later.</summary>
    Bounced,

    /// <summary>Nobody can say whether it was taken; never sent again by itself.</summary>
    Unknown,
}
