namespace WalletFunctions.Domain.Inbox;

/// <summary>Whether a program wrote a mail, and whether an automatic answer is unwelcome.</summary>
/// <param name="Kind">What sort of program.</param>
/// <param name="SuppressAnswer">No automatic answer may go out; true for every automatic mail.</param>
public sealed record MailAutomation(AutomationKind Kind, bool SuppressAnswer)
{
    private static readonly string[] BulkHeaders = ["List-Id", "List-Unsubscribe", "Feedback-ID"];
    private static readonly string[] LoopHeaders = ["X-Loop", "X-Autoreply", "X-Autorespond"];

    /// <summary>A person's mail.</summary>
    public static MailAutomation None { get; } = new(AutomationKind.None, SuppressAnswer: false);

    /// <summary>Whether a program wrote it.</summary>
    public bool IsAutomatic => Kind != AutomationKind.None;

    /// <summary>Reads the headers that programs set (RFC 3834, and what is set in its place).</summary>
    /// <param name="header">The first value of a header, or null.</param>
    /// <param name="isReport">The body is a <c>multipart/report</c>.</param>
    public static MailAutomation Of(Func<string, string?> header, bool isReport)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (isReport || header("X-Failed-Recipients") is not null)
        {
            return new(AutomationKind.Report, SuppressAnswer: true);
        }

        var precedence = header("Precedence")?.Trim().ToLowerInvariant();
        if (IsSubmittedByProgram(header("Auto-Submitted")) || precedence == "auto_reply" || LoopHeaders.Any(name => header(name) is not null) || header("Return-Path")?.Trim() == "<>")
        {
            return new(AutomationKind.Reply, SuppressAnswer: true);
        }

        if (precedence is "bulk" or "list" or "junk" || BulkHeaders.Any(name => header(name) is not null))
        {
            return new(AutomationKind.Bulk, SuppressAnswer: true);
        }

        // This one says "do not answer me", not "I am a program": Exchange sets it on people's mail as well.
        return header("X-Auto-Response-Suppress") is null ? None : new(AutomationKind.None, SuppressAnswer: true);
    }

    private static bool IsSubmittedByProgram(string? value)
    {
        var keyword = value?.Split(';')[0].Trim();
        return !string.IsNullOrEmpty(keyword) && !keyword.Equals("no", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>What sort of program wrote a mail.</summary>
public enum AutomationKind
{
    /// <summary>None: a person.</summary>
    None,

    /// <summary>An automatic reply, such as "out of office".</summary>
    Reply,

    /// <summary>Sent to many: lists, newsletters.</summary>
    Bulk,

    /// <summary>A report of a mail system, such as a bounce.</summary>
    Report,
}

/// <summary>How much automatic mail a conversation has had. Two programs that answer each other must not fill it.</summary>
/// <param name="Count">Automatic messages so far.</param>
/// <param name="LastSubject">Of the newest of them.</param>
/// <param name="Repeats">How often that subject came in a row.</param>
public sealed record AutomaticTraffic(int Count, string? LastSubject, int Repeats)
{
    /// <summary>After this many automatic messages the rest stays in the raw store only.</summary>
    public const int MaxPerConversation = 20;

    /// <summary>The third automatic message in a row with the same subject is one too many.</summary>
    public const int MaxRepeats = 2;

    /// <summary>None yet.</summary>
    public static AutomaticTraffic Quiet { get; } = new(0, null, 0);

    /// <summary>Whether this is a loop: the message that led here is not to be shown.</summary>
    public bool IsLoop => Count > MaxPerConversation || Repeats > MaxRepeats;

    /// <summary>After one more automatic message.</summary>
    public AutomaticTraffic After(string subject) => new(Count + 1, subject, subject == LastSubject ? Repeats + 1 : 1);
}
