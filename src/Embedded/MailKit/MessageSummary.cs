using MimeKit;

namespace MailKit;

public interface IMessageSummary
{
    MessageSummaryItems Fields { get; }
    MessageFlags? Flags { get; }
    IReadOnlySet<string> Keywords { get; }
    HeaderList? Headers { get; }
    DateTimeOffset? InternalDate { get; }
    uint? Size { get; }
    UniqueId UniqueId { get; }
    int Index { get; }
}

public class MessageSummary : IMessageSummary
{
    public MessageSummary(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Index = index;
    }

    public MessageSummaryItems Fields { get; internal set; }
    public MessageFlags? Flags { get; set; }
    public IReadOnlySet<string> Keywords { get; set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
    public HeaderList? Headers { get; set; }
    public DateTimeOffset? InternalDate { get; set; }
    public uint? Size { get; set; }
    public UniqueId UniqueId { get; set; }
    public int Index { get; internal set; }
}
