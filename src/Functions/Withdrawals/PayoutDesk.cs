using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Withdrawals;

/// <summary>Carries a withdrawal forward. Every step starts from the stored row and ends in one write on its ETag, so a step run twice acts once.</summary>
public sealed class PayoutDesk
{
    /// <summary>The book has just let it through: no need to ask it again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>Why a hold is given back that staff has ended.</summary>
    internal const string Stopped = "stopped_by_staff";

    private readonly WithdrawalTable table;
    private readonly Ledger ledger;
    private readonly IBank bank;
    private readonly Beneficiaries beneficiaries;
    private readonly OverdueReport overdue;
    private readonly SuspenseReport suspense;
    private readonly WithdrawalReviews reviews;
    private readonly TimeProvider clock;
    private readonly MachineClock machine;
    private readonly ILogger<PayoutDesk> logger;

    internal PayoutDesk(
        WithdrawalTable table,
        Ledger ledger,
        IBank bank,
        Beneficiaries beneficiaries,
        OverdueReport overdue,
        SuspenseReport suspense,
        WithdrawalReviews reviews,
        TimeProvider clock,
        MachineClock machine,
        ILogger<PayoutDesk> logger) =>
        (this.table, this.ledger, this.bank, this.beneficiaries, this.overdue, this.suspense, this.reviews, this.clock, this.machine, this.logger) =
        (table, ledger, bank, beneficiaries, overdue, suspense, reviews, clock, machine, logger);

    /// <summary>Hands the order to the bank. One that may have left before is asked about first, and sent again only when the bank does not know it.</summary>
    internal async Task<Withdrawal> SubmitAsync(WalletId wallet, WithdrawalId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await table.GetAsync(wallet, id, cancellationToken);
            var withdrawal = stored.Withdrawal;
            if (withdrawal.DueStep != MoneyStep.None)
            {
                return await BookAsync(stored, cancellationToken);
            }

            if (withdrawal.AwaitsPerson && clock.GetUtcNow() >= withdrawal.ReviewUntil)
            {
                // Nobody has looked at it in time. Whoever changed the row meanwhile is read in the next round.
                await reviews.TryRefuseAsync(stored, isExpired: true, cancellationToken);
                continue;
            }

            if (withdrawal.Status is not (WithdrawalStatus.Reserved or WithdrawalStatus.Submitted))
            {
                return await ClosedAsync(withdrawal, cancellationToken);
            }

            var answer = withdrawal.MayBeAtBank ? await bank.AskAsync(withdrawal.PayoutId!, cancellationToken) : new(StatusAnswerKind.NotKnown);
            var carried = answer.Kind switch
            {
                StatusAnswerKind.Decided => await HearAsync(stored, answer.Word!, cancellationToken),
                StatusAnswerKind.Pending => await TakenAsync(stored, cancellationToken),
                StatusAnswerKind.NotKnown => await SendAsync(stored, cancellationToken),
                StatusAnswerKind.Unreachable => withdrawal,
                _ => throw new InvalidOperationException("Unknown answer of the bank."),
            };
            if (carried is not null)
            {
                return carried;
            }

            // The row changed meanwhile (cancelled, or a callback came): look again.
        }
    }

    /// <summary>Books the due steps of a withdrawal as read, or as heard but not stored yet: the word is stored with the money.</summary>
    internal async Task<Withdrawal> BookAsync(StoredWithdrawal stored, CancellationToken cancellationToken)
    {
        while (stored.Withdrawal.DueStep != MoneyStep.None)
        {
            var withdrawal = stored.Withdrawal;
            var booked = withdrawal.Book(clock.GetUtcNow());
            var etag = stored.ETag;
            var command = CommandOf(withdrawal) with { Companions = decision => [WithdrawalTable.Replacing(booked = booked.KeptIn(decision.Entry), etag)] };
            var outcome = await ledger.ExecuteAsync(withdrawal.WalletId, command, cancellationToken);
            if (outcome is Outcome.Refused refused)
            {
                throw new InvalidOperationException($"The ledger refused {command.OperationId}: {refused.Error.Code}.");
            }

            if (outcome is Outcome.Committed && booked.DueStep == MoneyStep.None)
            {
                return await ClosedAsync(booked, cancellationToken);
            }

            // More to book, or the row or the operation was there before us: the row tells.
            var heard = withdrawal.Word!;
            stored = await table.GetAsync(withdrawal.WalletId, withdrawal.Id, cancellationToken);
            stored = stored with { Withdrawal = stored.Withdrawal.Hear(heard) };
        }

        return await ClosedAsync(stored.Withdrawal, cancellationToken);
    }

    /// <summary>Has the bank declare the payout void, and gives the money back. Whoever dies in between leaves the bank's word for the next question.</summary>
    /// <returns>False if the bank has the payout, or does not say: then nothing has changed.</returns>
    internal async Task<bool> VoidAsync(StoredWithdrawal stored, CancellationToken cancellationToken)
    {
        if (!await bank.VoidAsync(stored.Withdrawal.PayoutId!, cancellationToken))
        {
            return false;
        }

        await HearAsync(stored, new BankWord(PayoutOutcome.Voided, Reason: null), cancellationToken);
        return true;
    }

    /// <summary>Opens a conversation with priority and tells the customer, once.</summary>
    internal async Task<Withdrawal> ReportOverdueAsync(WalletId wallet, WithdrawalId id, CancellationToken cancellationToken)
    {
        ConversationId? opened = null;
        while (true)
        {
            var stored = await table.GetAsync(wallet, id, cancellationToken);
            var (withdrawal, now) = (stored.Withdrawal, clock.GetUtcNow());
            if (!withdrawal.Status.IsOpen() && (opened is not null || withdrawal.EndedLateUntold))
            {
                // It ended while support was told of the delay, by this attempt or by one that died before it could say so.
                await overdue.TellEndAsync(withdrawal, opened ?? await OpenOverdueAsync(withdrawal, cancellationToken), cancellationToken);
                return withdrawal;
            }

            if (withdrawal.Overdue || (opened is null && !withdrawal.BecomesOverdueAt(now)))
            {
                return withdrawal;
            }

            // Opened first, under a key of its own: opened twice it is the same conversation.
            var conversation = opened ?? await OpenOverdueAsync(withdrawal, cancellationToken);
            opened = conversation;
            if (await table.ReplaceAsync(withdrawal.MarkOverdue(conversation, now), stored.ETag, cancellationToken) is { } marked)
            {
                return marked.Withdrawal;
            }
        }
    }

    private static BookCommand CommandOf(Withdrawal withdrawal)
    {
        var hold = withdrawal.Id.Value;
        return withdrawal.DueStep switch
        {
            MoneyStep.Capture => BookCommand.CaptureHold($"{hold}:capture", hold),
            MoneyStep.Release => BookCommand.ReleaseHold($"{hold}:release", hold, withdrawal.Word!.Outcome switch
            {
                PayoutOutcome.Refused => "payout_refused",
                PayoutOutcome.Voided => Stopped,
                _ => "payout_rejected",
            }),

            // A payout comes back at most once; the number keeps the operation's name open for another world.
            MoneyStep.Return => BookCommand.ReturnPayout($"{hold}:return:1", hold, "payout_returned"),
            MoneyStep.None or MoneyStep.Hold => throw new InvalidOperationException("Nothing is due."),
        };
    }

    private async Task<Withdrawal?> HearAsync(StoredWithdrawal stored, BankWord word, CancellationToken cancellationToken) =>
        await BookAsync(stored with { Withdrawal = stored.Withdrawal.Hear(word) }, cancellationToken);

    /// <summary>Stores that the bank has the order; null when the row has changed.</summary>
    private async Task<Withdrawal?> TakenAsync(StoredWithdrawal stored, CancellationToken cancellationToken)
    {
        var taken = stored.Withdrawal.Taken(clock.GetUtcNow());
        return ReferenceEquals(taken, stored.Withdrawal) || await table.ReplaceAsync(taken, stored.ETag, cancellationToken) is not null ? taken : null;
    }

    /// <summary>Sends the order, once the row says so; null when the row has changed.</summary>
    private async Task<Withdrawal?> SendAsync(StoredWithdrawal stored, CancellationToken cancellationToken)
    {
        if (!IsFresh(stored.Withdrawal) && await IsFrozenAsync(stored.Withdrawal, cancellationToken))
        {
            // Somebody has frozen the account since, and the bank has no order: none leaves, the first as little as another. The bank is
            // only asked, since one that left before may still reach it; where none did, the owner may take the withdrawal back.
            return stored.Withdrawal;
        }

        // An earlier order without an answer may still reach the bank, so "not taken" of today's proves nothing about that one.
        var isOnlyOrder = stored.Withdrawal is { Status: WithdrawalStatus.Reserved, InFlight: false };

        // A seal that cannot be opened here must stop the order before the row says that it may have left.
        var beneficiary = beneficiaries.Open(stored.Withdrawal);

        // Written before every order, not only the first: whoever sent the one before can then no longer hand it back.
        var at = machine.GetUtcNow();
        if (await table.ReplaceAsync(stored.Withdrawal.HandOver(at), stored.ETag, cancellationToken) is not { } handed)
        {
            return null;
        }

        stored = handed;
        var withdrawal = stored.Withdrawal;
        var order = new PayoutOrder(withdrawal.PayoutId!, withdrawal.Id, withdrawal.Amount, beneficiary, withdrawal.PromisedBy, at);
        if (machine.GetUtcNow() - at > RequestSignature.Window)
        {
            // This host has slept, and staff may have ended it meanwhile, since the bank did not know it. It would not take it now, either.
            return null;
        }

        var answer = await bank.SubmitAsync(order, cancellationToken);
        switch (answer.Kind)
        {
            case SubmitAnswerKind.Taken:
                return await TakenAsync(stored, cancellationToken);
            case SubmitAnswerKind.Refused:
                return await HearAsync(stored, new BankWord(PayoutOutcome.Refused, answer.Reason), cancellationToken);
            case SubmitAnswerKind.NotTaken when isOnlyOrder:
                logger.LogWarning("The bank could not take payout {PayoutId} now", withdrawal.PayoutId);
                return await table.ReplaceAsync(withdrawal.HandBack(clock.GetUtcNow()), stored.ETag, cancellationToken) is { } back ? back.Withdrawal : null;
            default:
                return withdrawal;
        }
    }

    private async Task<ConversationId> OpenOverdueAsync(Withdrawal withdrawal, CancellationToken cancellationToken) =>
        await overdue.OpenAsync(withdrawal, await IsFrozenAsync(withdrawal, cancellationToken), cancellationToken);

    private bool IsFresh(Withdrawal withdrawal) => !withdrawal.MayBeAtBank && clock.GetUtcNow() - withdrawal.Timeline[^1].At <= Fresh;

    private async Task<bool> IsFrozenAsync(Withdrawal withdrawal, CancellationToken cancellationToken) =>
        (await ledger.ReadHeadAsync(withdrawal.WalletId, cancellationToken)).Head.Freezes != Freezes.None;

    /// <summary>Where a conversation about it is open, it hears the end; money in suspense gets one; and a review is taken out of its queue. Repeated, it is the same.</summary>
    internal async Task<Withdrawal> ClosedAsync(Withdrawal withdrawal, CancellationToken cancellationToken)
    {
        if (withdrawal.ConversationId is { } conversation && !withdrawal.Status.IsOpen())
        {
            await overdue.TellEndAsync(withdrawal, conversation, cancellationToken);
        }
        else if (withdrawal.EndedLateUntold)
        {
            await overdue.TellEndAsync(withdrawal, cancellationToken);
        }

        if (withdrawal.IsInSuspense)
        {
            await suspense.OpenAsync(withdrawal, cancellationToken);
        }

        await reviews.CloseAsync(withdrawal, cancellationToken);
        return withdrawal;
    }
}
