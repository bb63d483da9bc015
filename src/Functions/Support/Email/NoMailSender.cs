using Microsoft.Extensions.Logging;

namespace WalletFunctions.Support.Email;

/// <summary>Nothing is configured to send with: mail waits until something is.</summary>
internal sealed partial class NoMailSender(ILogger<NoMailSender> log) : IMailSender
{
    private int said;

    public bool CanRepeat => false;

    public Task<SendOutcome> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref said, 1) == 0) Unset(log);
        return Task.FromResult<SendOutcome>(new SendOutcome.TryLater(TimeSpan.FromMinutes(15)));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Neither Mail:Smtp nor Mail:Acs is configured; mail waits")]
    private static partial void Unset(ILogger log);
}
