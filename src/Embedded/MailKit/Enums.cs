namespace MailKit;

public enum FolderAccess
{
    None,
    ReadOnly,
    ReadWrite,
}

[Flags]
public enum MessageFlags
{
    None = 0,
    Seen = 1 << 0,
    Answered = 1 << 1,
    Flagged = 1 << 2,
    Deleted = 1 << 3,
    Draft = 1 << 4,
    Recent = 1 << 5,
    UserDefined = 1 << 6,
}

public enum StoreAction
{
    Add,
    Remove,
    Set,
}

/// <summary>What a fetch asks for. The bits are the official ones; those that are missing here are not implemented.</summary>
[Flags]
public enum MessageSummaryItems
{
    None = 0,
    Flags = 1 << 4,
    InternalDate = 1 << 5,
    Size = 1 << 6,
    UniqueId = 1 << 9,
    Headers = 1 << 15,
    Fast = Flags | InternalDate | Size,
}
