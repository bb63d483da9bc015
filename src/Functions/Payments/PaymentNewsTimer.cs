using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Payments;

/// <summary>The clock of payments' news.</summary>
public sealed class PaymentNewsTimer(PaymentNews news)
{
    /// <summary>What rings tell at once; this is for those that were lost, and for payments that no request waited for.</summary>
    [Function("PublishPayments")]
    public Task RunAsync([TimerTrigger("20 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => news.RunAsync(cancellationToken);
}
