using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Merchants.Webhooks;
using WalletFunctions.Platform;

namespace WalletFunctions.Payments;

/// <summary>Tells merchants of the payments that have reached them: <c>payment.completed</c>.</summary>
/// <remarks>
/// The merchant's book is the outbox (<see cref="SalesTelling"/>). A payment writes nothing for it, and those of merchants that do not
/// want to know cost nothing at all: each host knows who does.
/// </remarks>
public sealed class PaymentNews : PeriodicWork, IMerchantEventSource
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly MerchantEvents events;
    private readonly SalesTelling telling;
    private readonly ConcurrentDictionary<AccountId, Bell> wanting = new();

    internal PaymentNews(MerchantEvents events, SalesTelling telling, MachineClock machine, ILogger<PaymentNews> log)
        : base(Every, machine, "Who wants to know of payments could not be read", log) =>
        (this.events, this.telling) = (events, telling);

    string IMerchantEventSource.Type => MerchantEventTypes.PaymentCompleted;

    /// <summary>Says that a merchant may have been paid. Nobody waits for what follows; should it be lost, the next round finds the payment.</summary>
    internal void Ring(AccountId merchant)
    {
        if (wanting.TryGetValue(merchant, out var bell) && bell.Ring())
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => TryTellAsync(merchant, bell, CancellationToken.None));
            }
        }
    }

    async Task IMerchantEventSource.BeginAsync(AccountId merchant, CancellationToken cancellationToken)
    {
        await telling.BeginAsync(merchant, cancellationToken);
        wanting.TryAdd(merchant, new Bell());
    }

    /// <summary>Tells every merchant that wants to know of what it has not been told of yet.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken);
        foreach (var (merchant, bell) in wanting)
        {
            await TryTellAsync(merchant, bell, cancellationToken);
        }
    }

    /// <summary>Learns who wants to know, now and then: on other hosts merchants come and go. Until that succeeds, the rounds of <see cref="PaymentNewsTimer"/> tell alone.</summary>
    protected override Task RoundAsync(CancellationToken cancellationToken) => LearnAsync(cancellationToken);

    private async Task LearnAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<AccountId>();
        await foreach (var merchant in events.WantingAsync(MerchantEventTypes.PaymentCompleted, cancellationToken))
        {
            found.Add(merchant);
            wanting.TryAdd(merchant, new Bell());
        }

        foreach (var merchant in wanting.Keys.Where(known => !found.Contains(known)))
        {
            wanting.TryRemove(merchant, out _);
        }
    }

    /// <summary>One merchant that cannot be told now must not keep the others waiting.</summary>
    private async Task TryTellAsync(AccountId merchant, Bell bell, CancellationToken cancellationToken)
    {
        await bell.Gate.WaitAsync(cancellationToken);
        try
        {
            bell.Hear();
            await telling.TellAsync(merchant, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LogWarning("Merchant {Merchant} was not told of its payments: {Fault}", merchant, Faults.Describe(fault));
        }
        finally
        {
            bell.Gate.Release();
        }
    }
}
