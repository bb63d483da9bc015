using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;

namespace WalletFunctions.Withdrawals;

/// <summary>Takes in what the bank tells by itself: the fact is stored first, then the orchestration is woken.</summary>
public sealed class BankCallbacks
{
    private readonly WithdrawalTable table;
    private readonly PayoutDesk desk;
    private readonly WithdrawalNews news;
    private readonly ILogger<BankCallbacks> logger;

    internal BankCallbacks(WithdrawalTable table, PayoutDesk desk, WithdrawalNews news, ILogger<BankCallbacks> logger) =>
        (this.table, this.desk, this.news, this.logger) = (table, desk, news, logger);

    /// <summary>Hears a callback; null when it was taken in, was known, or has no effect.</summary>
    internal async Task<DomainError?> HearAsync(
        string payoutId, BankWord word, string callbackId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (Withdrawal.FindPayout(payoutId) is not { } named)
        {
            return WithdrawalErrors.PayoutNotFound;
        }

        while (true)
        {
            if (await table.FindAsync(named.Wallet, named.Id, cancellationToken) is not { } stored || stored.Withdrawal.PayoutId != payoutId)
            {
                // Of an order that never left the bank cannot know.
                return WithdrawalErrors.PayoutNotFound;
            }

            var heard = stored.Withdrawal.Hear(word, callbackId);
            if (ReferenceEquals(heard, stored.Withdrawal))
            {
                WarnIfContradicting(stored.Withdrawal, word);
                if (heard.DueStep != MoneyStep.None)
                {
                    // Stored by a first attempt that could not ring.
                    await RingAsync(stored, callbackId, durable, cancellationToken);
                }
                else if (!heard.Status.IsOpen())
                {
                    // Perhaps a first attempt booked it here and could not tell: it wrote two lines at most.
                    await news.TellAsync(await desk.ClosedAsync(heard, cancellationToken), Math.Max(0, heard.Timeline.Count - 2), cancellationToken);
                }

                return null;
            }

            if (!heard.Status.IsOpen())
            {
                // Returned after it settled: the orchestration has ended, so the money is put back here, and the word stored with it.
                await BookAsync(stored with { Withdrawal = heard }, cancellationToken);
                return null;
            }

            if (await table.ReplaceAsync(heard, stored.ETag, cancellationToken) is { } kept)
            {
                await RingAsync(kept, callbackId, durable, cancellationToken);
                return null;
            }
        }
    }

    private async Task RingAsync(StoredWithdrawal stored, string callbackId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (!await WithdrawalStarts.RingAsync(durable, stored.Withdrawal.Id, callbackId, cancellationToken))
        {
            // Nobody is there to open: its start is still to come, or an operator has ended it. The money must not wait for that.
            logger.LogWarning("No orchestration waits for withdrawal {WithdrawalId}; its outcome is booked at once", stored.Withdrawal.Id);
            await BookAsync(stored, cancellationToken);
        }
    }

    /// <summary>Books here what no orchestration does; the bank repeats its callback until all of it has succeeded.</summary>
    private async Task BookAsync(StoredWithdrawal stored, CancellationToken cancellationToken) =>
        await news.TellAsync(await desk.BookAsync(stored, cancellationToken), stored.Withdrawal.Timeline.Count, cancellationToken);

    private void WarnIfContradicting(Withdrawal withdrawal, BankWord word)
    {
        var contradicts = withdrawal.Word?.Outcome != word.Outcome
            && !(withdrawal.Word?.Outcome == PayoutOutcome.Returned && word.Outcome == PayoutOutcome.Settled);
        if (contradicts)
        {
            logger.LogError(
                "The bank says {Outcome} of payout {PayoutId}, against {Known} in status {Status}; nothing was changed",
                word.Outcome, withdrawal.PayoutId, withdrawal.Word?.Outcome, withdrawal.Status);
        }
    }
}
