using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Merchants;

namespace WalletFunctions.Refunds;

/// <summary>Carries a refund forward. Every step starts from the stored row and ends in one write on its ETag, so a step run twice acts once.</summary>
public sealed class RefundDesk
{
    private readonly RefundTable table;
    private readonly RefundBook book;
    private readonly RefundIndex index;
    private readonly RefundMoney money;
    private readonly RefundFunds funds;
    private readonly RefundCase cases;
    private readonly RefundNews news;
    private readonly RefundPolicies policies;
    private readonly MerchantRegister merchants;
    private readonly TimeProvider clock;

    internal RefundDesk(
        RefundTable table, RefundBook book, RefundIndex index, RefundMoney money, RefundFunds funds, RefundCase cases, RefundNews news, RefundPolicies policies, MerchantRegister merchants, TimeProvider clock) =>
        (this.table, this.book, this.index, this.money, this.funds, this.cases, this.news, this.policies, this.merchants, this.clock) =
        (table, book, index, money, funds, cases, news, policies, merchants, clock);

    /// <summary>Opens the case: support sees it, and the merchant is asked; one that is stopped is not, and support looks at it at once.</summary>
    internal async Task<RefundStanding> OpenAsync(WalletId payer, RefundId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await table.GetAsync(payer, id, cancellationToken);
            var refund = stored.Refund;
            await index.ListAsync(new RefundPlace(payer, id, refund.Merchant), cancellationToken);
            if (refund.Status != RefundStatus.Requested)
            {
                // Opened before, or given up before anybody was asked.
                return await FollowAsync(stored, cancellationToken);
            }

            var conversation = await cases.OpenAsync(refund, cancellationToken);
            var merchant = await merchants.FindAsync(refund.Merchant, cancellationToken);
            var opened = (refund with { ConversationId = conversation }).Open(merchant is { Status: not MerchantStatus.Suspended }, clock.GetUtcNow());
            if (await table.ReplaceAsync(opened, stored.ETag, cancellationToken) is { } kept)
            {
                return await FollowAsync(kept, cancellationToken);
            }
        }
    }

    /// <summary>Reads how it stands, and tells what was not told yet. One that waits for the merchant's money is tried: that it came may be why somebody rang.</summary>
    internal async Task<RefundStanding> LookAsync(WalletId payer, RefundId id, CancellationToken cancellationToken)
    {
        var stored = await table.GetAsync(payer, id, cancellationToken);
        return stored.Refund.Status == RefundStatus.AwaitingFunds
            ? await PayAsync(payer, id, cancellationToken)
            : await FollowAsync(stored, cancellationToken);
    }

    /// <summary>The ending of a timer, if it still runs.</summary>
    internal async Task<RefundStanding> TimeIsUpAsync(WalletId payer, RefundId id, RefundTimer timer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await table.GetAsync(payer, id, cancellationToken);
            var policy = await policies.AtAsync(stored.Refund.RequestedAt, cancellationToken);
            var payment = timer == RefundTimer.Merchant ? (await book.FindAsync(payer, stored.Refund.PaymentId, cancellationToken))?.Payment : null;
            var after = stored.Refund.TimeIsUp(timer, policy, clock.GetUtcNow(), payment is null ? null : payment.Refunded + payment.Reserved);
            if (ReferenceEquals(after, stored.Refund))
            {
                return await FollowAsync(stored, cancellationToken);
            }

            if (await book.SaveAsync(stored, after, $"time:{after.Timeline.Count}", cancellationToken) is { } kept)
            {
                return await FollowAsync(kept, cancellationToken);
            }
        }
    }

    /// <summary>Moves the money of what was granted, or finds that the merchant's book still does not give it.</summary>
    internal async Task<RefundStanding> PayAsync(WalletId payer, RefundId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await table.GetAsync(payer, id, cancellationToken);
            var refund = stored.Refund;
            if (refund.Status is not (RefundStatus.Approved or RefundStatus.AwaitingFunds))
            {
                return await FollowAsync(stored, cancellationToken);
            }

            funds.Await(refund);
            var payment = await money.PayAsync(refund, cancellationToken);
            var isInSuspense = payment is RefundPayment.Made && await money.IsInSuspenseAsync(refund, cancellationToken);
            var after = payment switch
            {
                RefundPayment.Made => refund.Paid(clock.GetUtcNow(), isInSuspense),
                RefundPayment.Short shortage => refund.NotPaid(shortage.Cause, clock.GetUtcNow()),
                RefundPayment.Forbidden => refund with { ForbiddenPayments = refund.ForbiddenPayments + 1 },
                var other => throw new InvalidOperationException($"A refund's payment ended as {other.GetType().Name}."),
            };
            if (after.Status == RefundStatus.Refunded)
            {
                funds.Forget(refund);
            }

            if (isInSuspense)
            {
                await cases.TellSuspenseAsync(refund, clock.GetUtcNow(), cancellationToken);
            }

            if (await book.SaveAsync(stored, after, $"paid:{after.Timeline.Count}", cancellationToken) is { } kept && after.ForbiddenPayments == refund.ForbiddenPayments)
            {
                return await FollowAsync(kept, cancellationToken);
            }
        }
    }

    /// <summary>Ends it on operations' word, gives back what it has reserved, and tells everybody; a second time it changes nothing.</summary>
    /// <returns>A conflict where the money has moved already; null where it has ended.</returns>
    internal async Task<DomainError?> TerminateAsync(WalletId payer, RefundId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await table.GetAsync(payer, id, cancellationToken);
            var refund = stored.Refund;
            if (refund.Status is RefundStatus.Approved or RefundStatus.AwaitingFunds && !await money.ForbidAsync(refund, cancellationToken))
            {
                return RefundErrors.BeingPaid;
            }

            var ended = refund.Terminate(clock.GetUtcNow());
            if (ReferenceEquals(ended, refund) || await book.SaveAsync(stored, ended, $"terminate:{ended.Timeline.Count}", cancellationToken) is not null)
            {
                await LookAsync(payer, id, cancellationToken);
                return null;
            }
        }
    }

    /// <param name="told">How many lines the caller has told, though the row does not say so.</param>
    private async Task<RefundStanding> FollowAsync(StoredRefund stored, CancellationToken cancellationToken, int told = 0)
    {
        var refund = stored.Refund;
        var policy = await policies.AtAsync(refund.RequestedAt, cancellationToken);
        if (refund is { IsOver: true, ConversationId: null })
        {
            await cases.TellEndAsync(refund, cancellationToken);
        }

        if (refund.Told < refund.Timeline.Count)
        {
            // Lines are only ever added: what has been told is not told again because the row has changed meanwhile.
            await news.TellAsync(refund with { Told = Math.Max(told, refund.Told) }, policy, cancellationToken);
            if (await table.ReplaceAsync(refund with { Told = refund.Timeline.Count }, stored.ETag, cancellationToken) is null)
            {
                return await FollowAsync(await table.GetAsync(refund.Payer, refund.Id, cancellationToken), cancellationToken, told: refund.Timeline.Count);
            }
        }

        var wait = RefundTimers.Next(refund, policy);
        return new RefundStanding(refund.Status.Name(), refund.IsOver, (wait?.Timer ?? RefundTimer.None).ToString(), wait?.At);
    }
}
