using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>Takes customers' orders: a withdrawal asked for, a withdrawal taken back. The answer is stored with the money.</summary>
public sealed class WithdrawalRequests
{
    private const string CreateRoute = "POST /v1/withdrawals";

    /// <summary>So long a cancellation waits for the bank's answer to an order that has just left: mostly it is there in a moment.</summary>
    private static readonly LongPoll.Wait Patience = new(TimeSpan.FromSeconds(3));

    private readonly WithdrawalTable table;
    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly Beneficiaries beneficiaries;
    private readonly ArrivalPromises promises;
    private readonly PayoutDesk desk;
    private readonly WithdrawalNews news;
    private readonly IdSource ids;
    private readonly MoneyRoute route;
    private readonly TimeProvider clock;
    private readonly ILogger<WithdrawalRequests> logger;

    internal WithdrawalRequests(
        WithdrawalTable table, Ledger ledger, Intents intents, Beneficiaries beneficiaries, ArrivalPromises promises,
        PayoutDesk desk, WithdrawalNews news, IdSource ids, MoneyRoute route, TimeProvider clock, ILogger<WithdrawalRequests> logger) =>
        (this.table, this.ledger, this.intents, this.beneficiaries, this.promises, this.desk, this.news, this.ids, this.route, this.clock, this.logger) =
        (table, ledger, intents, beneficiaries, promises, desk, news, ids, route, clock, logger);

    /// <summary>Sets the money aside and starts the withdrawal, or refuses.</summary>
    internal async Task<IResult> CreateAsync(HttpRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, CreateRoute, OperationKind.Withdrawal, WithdrawalRequest.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, order) = begun.Value;
        var (caller, amount) = (spend.Caller, order.Amount);
        var card = await beneficiaries.FindAsync(caller.Account, order.BankCardId, cancellationToken);
        while (true)
        {
            var now = clock.GetUtcNow();
            var promise = await promises.ForAsync(now, cancellationToken);

            // What a person looks at first is promised as if it took them all the time they have: an approval can only make it earlier.
            var reviewUntil = now + Spending.ReviewTime;
            var promiseAfterReview = await promises.ForAsync(reviewUntil, cancellationToken);
            var id = ids.New<WithdrawalId>();
            if ((spend.Refusal ?? card.Error ?? promise.Error ?? promiseAfterReview.Error) is { } refusal)
            {
                // What is not kept (the card may be bound later, the calendar loaded) gives way to a first answer that is.
                var refused = spend.Command(id.Value, spend.Refuse(refusal), _ => throw new InvalidOperationException("It is refused."));
                return await route.FinishAsync(spend, await ledger.ExecuteAsync(caller.Wallet, refused, cancellationToken), null, cancellationToken);
            }

            var beneficiary = $"{card.Value!.Card.BankCode} {card.Value.Card.Last4}";
            Withdrawal Reserve(Decision decision)
            {
                var asked = Withdrawal.Reserve(
                    id, caller.Wallet, caller.Account, amount, new Money(decision.Fee.Amount, amount.Currency), card.Value.Card, card.Value.Sealed, now, promise.Value!);
                return decision.UnderReview ? asked.SendToReview(reviewUntil, promiseAfterReview.Value!, string.Join(',', decision.Fired)) : asked;
            }

            var intent = await intents.AddAsync(new Intent(WithdrawalSweeper.IntentKind, id.Value, caller.Wallet), cancellationToken);
            Withdrawal? reserved = null;
            var hold = spend.Command(id.Value, new BookMove.PlaceHold(amount, beneficiary, spend.Terms, card.Value.Card.BankCardId.Value), decision =>
            {
                reserved = Reserve(decision);
                return StoredAnswer.Accepted(new WithdrawalAccepted(id, reserved.Status.Name(), reserved.PromisedBy), $"/api/v1/withdrawals/{id}");
            }) with
            {
                Companions = decision => [WithdrawalTable.Adding(Reserve(decision))],
            };
            switch (await ledger.ExecuteAsync(caller.Wallet, hold, cancellationToken))
            {
                case Outcome.Committed { Answer: { } accepted }:
                    await StartAsync(durable, reserved!, intent, cancellationToken);
                    return Answers.Fresh(accepted);
                case Outcome.Swept:
                    // It took so long that the sweep forbade it; the customer still waits, so it is begun anew, as if asked for now.
                    continue;
                case Outcome.Conflict:
                    throw new InvalidOperationException("A new withdrawal's row cannot be there already.");
                case var outcome:
                    // Refused, or answered before: the first request's own intent sees to its start.
                    intents.Clear(intent);
                    return await route.FinishAsync(spend, outcome, beneficiary, cancellationToken);
            }
        }
    }

    /// <summary>Takes a withdrawal back, unless the bank has it.</summary>
    internal async Task<IResult> CancelAsync(
        HttpRequest request, WithdrawalId id, IdempotencyKey key, string fingerprint, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var requestKey = RequestKey.Of($"{CreateRoute}/{id}/cancel", key, fingerprint);
        while (true)
        {
            if (await LongPoll.UntilAsync(
                Patience, token => table.FindAsync(caller.Wallet, id, token), seen => seen is not { Withdrawal.IsLeaving: true }, cancellationToken) is not { } stored)
            {
                return Answers.Problem(request, WithdrawalErrors.NotFound);
            }

            // Whoever dies before the orchestration is woken leaves this, and the sweep tells in its place.
            var decision = ETags.Check(request, stored.ETag) is { } stale ? stale : stored.Withdrawal.Cancel(clock.GetUtcNow());
            var intent = decision.IsOk ? await intents.AddAsync(new Intent(WithdrawalSweeper.IntentKind, id.Value, caller.Wallet), cancellationToken) : null;
            switch (await ledger.ExecuteAsync(caller.Wallet, CancelCommand(request, stored, decision, requestKey), cancellationToken))
            {
                case Outcome.Committed { Answer: { } answer }:
                    await WakeAsync(durable, decision, intent, cancellationToken);
                    return Answers.Fresh(answer);
                case Outcome.Refused { Answer: { } refused }:
                    return Answers.Fresh(refused);
                case Outcome.Replayed { Answer: { } first }:
                    return Answers.Stored(first);
                case Outcome.KeyReused:
                    return Answers.Problem(request, PlatformErrors.IdempotencyKeyReused);
                case Outcome.KeyInFlight:
                    return Answers.Problem(request, PlatformErrors.IdempotencyKeyInFlight);
                default:
                    // The row has changed, or was cancelled under another key: decide again.
                    continue;
            }
        }
    }

    private static BookCommand CancelCommand(HttpRequest request, StoredWithdrawal stored, Result<Withdrawal> decision, RequestKey key)
    {
        var id = stored.Withdrawal.Id.Value;
        var isNew = decision.IsOk && !ReferenceEquals(decision.Value, stored.Withdrawal);

        // A hold that has ended means that the row has changed since it was read: written against its old ETag, that is a conflict.
        var command = isNew
            ? new BookCommand($"{id}:release", hold => hold is { State: HoldState.Open } ? new BookMove.ReleaseHold(hold, "cancelled") : new BookMove.Touch()) { HoldId = id }
            : new BookCommand($"{id}:cancel:{key.RowKey}", decision.IsOk ? new BookMove.Touch() : new BookMove.Refuse(decision.Error));
        return command with
        {
            Key = key,
            Answer = booked => StoredAnswer.Ok(WithdrawalView.Of(decision.Value!.KeptIn(booked.Entry), request.Caller().Language)),
            Refusal = _ => StoredAnswer.Problem(request, decision.Error!),
            Companions = isNew ? booked => [WithdrawalTable.Replacing(decision.Value!.KeptIn(booked.Entry), stored.ETag)] : null,
        };
    }

    private async Task StartAsync(DurableTaskClient durable, Withdrawal withdrawal, Intent intent, CancellationToken cancellationToken)
    {
        try
        {
            await WithdrawalStarts.StartAsync(durable, withdrawal, cancellationToken);
            intents.Clear(intent);
        }
        catch (Exception fault)
        {
            // The money is set aside and the answer stored: the withdrawal is accepted. The sweep starts it.
            logger.LogWarning(fault, "Withdrawal {WithdrawalId} could not be started at once", withdrawal.Id);
        }
    }

    /// <summary>Has its orchestration see the end; where none lives, sees to it here. What fails is left to the sweep.</summary>
    private async Task WakeAsync(DurableTaskClient durable, Result<Withdrawal> cancelled, Intent? intent, CancellationToken cancellationToken)
    {
        if (cancelled.Value is not { } withdrawal || intent is null)
        {
            return;
        }

        try
        {
            if (!await WithdrawalStarts.RingAsync(durable, withdrawal.Id, "cancelled", cancellationToken))
            {
                var booked = await table.GetAsync(withdrawal.WalletId, withdrawal.Id, cancellationToken);
                await news.TellAsync(await desk.ClosedAsync(booked.Withdrawal, cancellationToken), told: 0, cancellationToken);
            }

            intents.Clear(intent);
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "The orchestration of withdrawal {WithdrawalId} was not woken", withdrawal.Id);
        }
    }
}
