namespace WalletFunctions.Domain.Inbox;

/// <summary>A conversation that a message may belong to.</summary>
/// <param name="Conversation">Which.</param>
/// <param name="Clue">What points to it.</param>
public sealed record ThreadCandidate(ConversationId Conversation, ThreadClue Clue)
{
    /// <summary>
    /// Whether the clue is good enough for this sender. A Message-ID that we signed was in a mail that we sent; anything else
    /// can be copied or guessed, so it counts only from somebody who takes part already.
    /// </summary>
    public bool Admits(ContactKey? sender, IReadOnlyCollection<ContactKey> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        return Clue == ThreadClue.SignedMessageId || (sender is not null && participants.Contains(sender));
    }
}

/// <summary>What points from a message to a conversation.</summary>
public enum ThreadClue
{
    /// <summary>A Message-ID that we signed.</summary>
    SignedMessageId,

    /// <summary>The Message-ID of somebody's earlier mail.</summary>
    KnownMessageId,

    /// <summary>Our token in the subject.</summary>
    SubjectToken,
}

/// <summary>Finds the conversations a mail may belong to. Never the subject's words, never the sender alone.</summary>
public static class Threading
{
    /// <summary>So many References are looked at, from the newest back.</summary>
    public const int MaxReferences = 20;

    /// <summary>The Message-IDs to look up, in the order in which they count: In-Reply-To, then References from right to left.</summary>
    public static IReadOnlyList<string> Clues(InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.InReplyTo.Concat(message.References.Reverse()).Distinct(StringComparer.Ordinal).Take(MaxReferences).ToList();
    }

    /// <summary>The candidates in the order in which they count; the first that exists and admits the sender has the message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="signature">Knows our own ids.</param>
    /// <param name="known">Conversations by the Message-ID of earlier mail of others.</param>
    public static IReadOnlyList<ThreadCandidate> Candidates(InboundMessage message, ThreadSignature signature, IReadOnlyDictionary<string, ConversationId> known)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(known);
        var candidates = new List<ThreadCandidate>();
        foreach (var id in Clues(message))
        {
            if (signature.Read(id) is { } own)
            {
                candidates.Add(new(own.Conversation, ThreadClue.SignedMessageId));
            }
            else if (known.TryGetValue(id, out var conversation))
            {
                candidates.Add(new(conversation, ThreadClue.KnownMessageId));
            }
        }

        if (signature.ReadToken(message.Subject) is { } named)
        {
            candidates.Add(new(named, ThreadClue.SubjectToken));
        }

        return candidates.Distinct().ToList();
    }
}
