namespace WalletFunctions.Domain.Notifications;

/// <summary>How somebody is told.</summary>
public enum NotificationChannel
{
    /// <summary>In the app's own list. Nobody can switch it off: it is the record of what was told.</summary>
    InApp,

    /// <summary>By short message to the account's telephone.</summary>
    Sms,

    /// <summary>By mail to the account's address.</summary>
    Mail,
}

/// <summary>What became of a notification on one channel.</summary>
public enum NoticeState
{
    /// <summary>Not handed over yet.</summary>
    Queued,

    /// <summary>Being handed over, to somebody who would not recognise it if it were given twice.</summary>
    Sending,

    /// <summary>Whoever carries it has taken it.</summary>
    Sent,

    /// <summary>Refused for good, or given up.</summary>
    Failed,

    /// <summary>Nobody can tell whether it was taken. It is not sent again by itself.</summary>
    Unknown,
}
