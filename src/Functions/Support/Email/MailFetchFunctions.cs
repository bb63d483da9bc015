using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Support.Email;

/// <summary>The timers of incoming mail.</summary>
public sealed class MailFetchFunctions(MailFetcher fetcher)
{
    /// <summary>Every minute; does nothing where no mailbox is configured.</summary>
    [Function("FetchMail")]
    public Task Fetch([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => fetcher.RunAsync(cancellationToken);

    /// <summary>Every five minutes: finds stored mail whose doorbell was lost.</summary>
    [Function("SweepRawMail")]
    public Task Sweep([TimerTrigger("40 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => fetcher.SweepAsync(cancellationToken);
}
