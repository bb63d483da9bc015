using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.Domain.Inbox;

/// <summary>A message as every channel delivers it: normalised, with what was odd about it.</summary>
public sealed record InboundMessage
{
    /// <summary>Snake_case: <c>email</c>.</summary>
    public required string Channel { get; init; }

    /// <summary>Names these very bytes or this platform event: the same delivery always has the same one.</summary>
    public required string SourceHash { get; init; }

    /// <summary>Where the raw message is kept.</summary>
    public string? RawId { get; init; }

    /// <summary>Who wrote, as far as the message says; null where it says nothing usable.</summary>
    public ContactKey? From { get; init; }

    /// <summary>The name the writer gave; not to be trusted.</summary>
    public string? FromName { get; init; }

    /// <summary>Where an answer goes: Reply-To, else From.</summary>
    public ContactKey? ReplyTo { get; init; }

    /// <summary>When our side got it.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When the writer's clock says it was written; null where it says nothing.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>May be empty.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The whole text, LF line ends, quotes included.</summary>
    public string Text { get; init; } = "";

    /// <summary>Sanitised; null where the message has no HTML form.</summary>
    public string? Html { get; init; }

    /// <summary>Whether text or HTML were cut because they were too long; the raw message has all of it.</summary>
    public bool Truncated { get; init; }

    /// <summary>The writer's Message-ID without brackets. A hint: senders repeat it or leave it out.</summary>
    public string? MessageId { get; init; }

    /// <summary>What it says it answers.</summary>
    public IReadOnlyList<string> InReplyTo { get; init; } = [];

    /// <summary>Earlier messages of the thread, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Whether a program wrote it.</summary>
    public MailAutomation Automation { get; init; } = MailAutomation.None;

    /// <summary>What a delivery report says; null on any other message.</summary>
    public BounceReport? Bounce { get; init; }

    /// <summary>Files, pictures in the text included.</summary>
    public IReadOnlyList<AttachmentInfo> Attachments { get; init; } = [];

    /// <summary>
    /// What two deliveries of the same message have in common although their bytes differ (two mailboxes, another path): the
    /// Message-ID and everything a person would call the content. Null without a Message-ID.
    /// </summary>
    public string? ContentHash => MessageId is null
        ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', MessageId, From, WrittenAt?.UtcTicks, Subject, Text, string.Join('|', Attachments.Select(a => $"{a.Name}:{a.Size}"))))));
}

/// <summary>A file of a message.</summary>
/// <param name="Index">Its place among the message's parts; names it for download.</param>
/// <param name="Name">Cleaned: no path, no control characters; never empty.</param>
/// <param name="MediaType">As declared by the sender.</param>
/// <param name="Size">In bytes, decoded.</param>
/// <param name="ContentId">What the HTML refers to it by, without brackets; null for files that are not shown in the text.</param>
public sealed record AttachmentInfo(int Index, string Name, string MediaType, long Size, string? ContentId = null);
