namespace WalletFunctions.Domain.Refunds;

/// <summary>One line of a refund's timeline.</summary>
/// <param name="At">When, by the business clock.</param>
/// <param name="From">Where the refund stood before.</param>
/// <param name="Event">What happened.</param>
/// <param name="Status">Where it stood from then on.</param>
/// <param name="Reason">What whoever made it happen gave as a reason, or asks for.</param>
public sealed record RefundLine(DateTimeOffset At, RefundStatus From, RefundEvent Event, RefundStatus Status, string? Reason = null)
{
    /// <summary>Whether the money that came could not be the customer's, whose wallet was closed by then.</summary>
    public bool IsInSuspense { get; init; }

    /// <summary>Whether nothing can happen any more after it.</summary>
    public bool EndsIt => Status.IsFinal() || (Status == RefundStatus.Denied && (From == RefundStatus.Appealed || Event is RefundEvent.CloseAppeal or RefundEvent.Terminate));

    /// <summary>The line in words, without anybody's reason.</summary>
    public Text PlainWords => IsInSuspense ? RefundStates.SuspenseWords : RefundStates.After(From, Event)?.Words ?? RefundStates.RequestedWords;

    /// <summary>The line in words, with the reason behind it where there is one.</summary>
    public Text Words
    {
        get
        {
            var words = PlainWords;
            return Reason is null ? words : new($"{words.Zh}（说明：{Reason}）", $"{words.En} ({Reason})");
        }
    }

    /// <summary>Whether the customer is sent these words.</summary>
    public bool Notifies => Event == RefundEvent.Request || RefundStates.After(From, Event) is { Notifies: true };
}

/// <summary>What was asked of a customer, and what came.</summary>
/// <param name="AskedAt">When it was asked for; of an appeal, when it was made.</param>
/// <param name="AskedBy">Who asked; the customer where it came with an appeal.</param>
/// <param name="Question">What is wanted; null of an appeal.</param>
public sealed record RefundEvidence(DateTimeOffset AskedAt, RefundActor AskedBy, string? Question)
{
    /// <summary>The most rounds that one refund has.</summary>
    public const int MostRounds = 3;

    /// <summary>The most files of one round.</summary>
    public const int MostFiles = 10;

    /// <summary>The longest text, in UTF-16 units.</summary>
    public const int LongestText = 1_000;

    /// <summary>When it came; null while it is waited for.</summary>
    public DateTimeOffset? GivenAt { get; init; }

    /// <summary>The customer's words.</summary>
    public string? Text { get; init; }

    /// <summary>The customer's files.</summary>
    public IReadOnlyList<string> FileIds { get; init; } = [];
}
