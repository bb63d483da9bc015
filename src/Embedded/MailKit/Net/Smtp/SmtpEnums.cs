namespace MailKit.Net.Smtp;

/// <summary>What the server can do. The bits are the official ones; extensions that nothing here uses are left out.</summary>
[Flags]
public enum SmtpCapabilities : uint
{
    None = 0,
    Size = 1 << 0,
    EnhancedStatusCodes = 1 << 2,
    Authentication = 1 << 3,
    EightBitMime = 1 << 4,
    Pipelining = 1 << 5,
    StartTLS = 1 << 8,
    UTF8 = 1 << 9,
}

public enum SmtpErrorCode
{
    MessageNotAccepted,
    SenderNotAccepted,
    RecipientNotAccepted,
    UnexpectedStatusCode,
}

/// <summary>The codes that this product looks at; any other three digits occur as well.</summary>
public enum SmtpStatusCode
{
    ServiceReady = 220,
    ServiceClosingTransmissionChannel = 221,
    AuthenticationSuccessful = 235,
    Ok = 250,
    AuthenticationChallenge = 334,
    StartMailInput = 354,
    ServiceNotAvailable = 421,
    MailboxBusy = 450,
    ErrorInProcessing = 451,
    InsufficientStorage = 452,
    AuthenticationRequired = 530,
    AuthenticationInvalidCredentials = 535,
    MailboxUnavailable = 550,
    ExceededStorageAllocation = 552,
    MailboxNameNotAllowed = 553,
    TransactionFailed = 554,
}
