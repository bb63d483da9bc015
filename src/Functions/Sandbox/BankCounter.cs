using System.Globalization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox's bank: takes payouts, each id once, and decides them by its behaviour or on command.</summary>
public sealed class BankCounter
{
    private readonly BankTable table;
    private readonly BankPostman postman;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    internal BankCounter(BankTable table, BankPostman postman, TimeProvider clock, MachineClock machine) =>
        (this.table, this.postman, this.clock, this.machine) = (table, postman, clock, machine);

    /// <summary>Takes an order; the same id again is the same payout.</summary>
    internal async Task<Result<BankPayoutRow>> TakeAsync(
        string payoutId, string withdrawalId, Money amount, DateTimeOffset dueBy, BankBehaviour behaviour, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var decision = behaviour.Decide(now, dueBy);
        var payout = new BankPayoutRow
        {
            PayoutId = payoutId,
            WithdrawalId = withdrawalId,
            Amount = amount.Amount,
            Currency = amount.Currency.Code,
            TakenAt = now,
            Becomes = decision?.State.ToString(),
            BecomesAt = decision?.At,
        };
        if (await table.AddAsync(payout, cancellationToken))
        {
            if (decision is { } known)
            {
                postman.Expect(known.At - now);
            }

            return payout;
        }

        var taken = await table.FindAsync(payoutId, cancellationToken) ?? throw new InvalidOperationException("A payout was taken and is not there.");
        return taken.Amount == amount.Amount && taken.Currency == amount.Currency.Code ? taken : BankErrors.PayoutDiffers;
    }

    /// <summary>A payout as it stands now; one whose time has come is decided on the spot.</summary>
    internal async Task<BankPayoutRow?> FindAsync(string payoutId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var payout = await table.FindAsync(payoutId, cancellationToken);
            var isDue = payout is { Stands: BankPayoutState.Pending } && payout.BecomesAt <= clock.GetUtcNow();
            if (!isDue || await DecideAsync(payout!, Enum.Parse<BankPayoutState>(payout!.Becomes!), null, null, cancellationToken))
            {
                return payout;
            }
        }
    }

    /// <summary>Decides at once, as the developer says, and calls back; said again, it calls back again.</summary>
    internal async Task<Result<BankPayoutRow>> CommandAsync(string payoutId, BankPayoutState wanted, string? reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            var payout = await table.FindAsync(payoutId, cancellationToken);
            if (payout is null)
            {
                return WithdrawalErrors.PayoutNotFound;
            }

            var before = wanted == BankPayoutState.Returned ? BankPayoutState.Settled : BankPayoutState.Pending;
            if (payout.Stands != wanted && payout.Stands != before)
            {
                return BankErrors.PayoutDecided;
            }

            if (await DecideAsync(payout, wanted, reason, null, cancellationToken))
            {
                return payout;
            }
        }
    }

    /// <summary>Decides a payout whose time has come.</summary>
    internal async Task DecideDueAsync(BankDueRow due, CancellationToken cancellationToken)
    {
        var payout = await table.FindAsync(due.PayoutId, cancellationToken);
        if (payout is { Stands: BankPayoutState.Pending, Becomes: { } becomes })
        {
            await DecideAsync(payout, Enum.Parse<BankPayoutState>(becomes), null, due, cancellationToken);
        }
        else
        {
            // Decided in the meantime, by command or because somebody asked.
            await table.RemoveAsync(due, cancellationToken);
        }
    }

    private async Task<bool> DecideAsync(BankPayoutRow payout, BankPayoutState state, string? reason, BankDueRow? due, CancellationToken cancellationToken)
    {
        payout.State = state.ToString();
        payout.Reason = reason ?? (state switch
        {
            BankPayoutState.Rejected => "account_closed",
            BankPayoutState.Returned => "name_mismatch",
            BankPayoutState.Pending or BankPayoutState.Settled => null,
        });
        (payout.Becomes, payout.BecomesAt) = (null, null);
        var now = machine.GetUtcNow();
        var callback = new BankCallbackRow
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"msg_{now.UtcTicks:D19}_{payout.PayoutId}"),
            PayoutId = payout.PayoutId,
            Outcome = state.ToString().ToLowerInvariant(),
            Reason = payout.Reason,
            Attempts = 1,
            NextAttemptAt = now + BankPostman.PauseAfter(1),
        };
        if (!await table.DecideAsync(payout, callback, due, cancellationToken))
        {
            return false;
        }

        postman.Send(callback);
        return true;
    }
}
