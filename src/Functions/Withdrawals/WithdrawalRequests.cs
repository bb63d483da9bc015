using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>Takes customers' orders: a withdrawal asked for, a withdrawal taken back. The answer is stored with the money.</summary>
public sealed class WithdrawalRequests
{
    private const string CreateRoute = "POST /v1/withdrawals";

    private readonly WithdrawalTable table;
    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly Beneficiaries beneficiaries;
    private readonly WithdrawalOptions options;
    private readonly IdSource ids;
    private readonly AccountGuard guard;
    private readonly TimeProvider clock;
    private readonly ILogger<WithdrawalRequests> logger;

    internal WithdrawalRequests(
        WithdrawalTable table, Ledger ledger, Intents intents, Beneficiaries beneficiaries, WithdrawalOptions options, IdSource ids, AccountGuard guard, TimeProvider clock, ILogger<WithdrawalRequests> logger) =>
        (this.table, this.ledger, this.intents, this.beneficiaries, this.options, this.ids, this.guard, this.clock, this.logger) =
        (table, ledger, intents, beneficiaries, options, ids, guard, clock, logger);

    /// <summary>Sets the money aside and starts the withdrawal, or refuses.</summary>
    internal async Task<IResult> CreateAsync(
        HttpRequest request, IdempotencyKey key, string fingerprint, BankCardId cardId, Money amount, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var requestKey = RequestKey.Of(CreateRoute, key, fingerprint);
        var now = clock.GetUtcNow();
        var card = await beneficiaries.FindAsync(caller.Account, cardId, cancellationToken);
        var promise = options.Promise.For(now, options.Calendar);
        if (!card.IsOk || !promise.IsOk)
        {
            // These refusals are not kept (the card may be bound later, the calendar loaded); but a first answer that is kept comes first.
            return await ledger.FindKeyAsync(caller.Wallet, requestKey.RowKey, cancellationToken) is { } kept
                ? kept.Fingerprint == fingerprint ? Answers.Stored(kept.Answer()) : Answers.Problem(request, PlatformErrors.IdempotencyKeyReused)
                : Answers.Problem(request, card.Error ?? promise.Error!);
        }

        var refusal = await guard.CheckAsync(caller.Account, cancellationToken);
        while (true)
        {
            var withdrawal = Withdrawal.Reserve(
                ids.New<WithdrawalId>(), caller.Wallet, caller.Account, amount, Money.Zero(amount.Currency), card.Value.Card, card.Value.Sealed, now, promise.Value);
            var answer = StoredAnswer.Accepted(
                new WithdrawalAccepted(withdrawal.Id, withdrawal.Status.Name(), withdrawal.PromisedBy), $"/api/v1/withdrawals/{withdrawal.Id}");
            var intent = await intents.AddAsync(new Intent(WithdrawalSweeper.IntentKind, withdrawal.Id.Value, caller.Wallet), cancellationToken);
            BookMove move = refusal is null
                ? new BookMove.PlaceHold(amount, withdrawal.Fee.Amount, $"{card.Value.Card.BankCode} {card.Value.Card.Last4}")
                : new BookMove.Refuse(refusal);
            var hold = new BookCommand(withdrawal.Id.Value, move)
            {
                Key = requestKey,
                Answer = _ => answer,
                Refusal = error => StoredAnswer.Problem(request, error),
                Companions = _ => [WithdrawalTable.Adding(withdrawal)],
            };
            switch (await ledger.ExecuteAsync(caller.Wallet, hold, cancellationToken))
            {
                case Outcome.Committed { Answer: { } accepted }:
                    await StartAsync(durable, withdrawal, intent, cancellationToken);
                    return Answers.Fresh(accepted);
                case Outcome.Refused { Answer: { } refused }:
                    intents.Clear(intent);
                    return Answers.Fresh(refused);
                case Outcome.Replayed { Answer: { } first }:
                    // The first request's own intent sees to its start.
                    intents.Clear(intent);
                    return Answers.Stored(first);
                case Outcome.KeyReused:
                    intents.Clear(intent);
                    return Answers.Problem(request, PlatformErrors.IdempotencyKeyReused);
                case Outcome.KeyInFlight:
                    intents.Clear(intent);
                    return Answers.Problem(request, PlatformErrors.IdempotencyKeyInFlight);
                case Outcome.Swept:
                    // It took so long that the sweep forbade it; the customer still waits, so it is begun anew.
                    now = clock.GetUtcNow();
                    continue;
                default:
                    throw new InvalidOperationException("A new withdrawal's row cannot be there already.");
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
            if (await table.FindAsync(caller.Wallet, id, cancellationToken) is not { } stored)
            {
                return Answers.Problem(request, WithdrawalErrors.NotFound);
            }

            var decision = stored.Withdrawal.Cancel(clock.GetUtcNow());
            switch (await ledger.ExecuteAsync(caller.Wallet, CancelCommand(request, stored, decision, requestKey), cancellationToken))
            {
                case Outcome.Committed { Answer: { } answer }:
                    await WakeAsync(durable, id, cancellationToken);
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
        var command = isNew ? BookCommand.ReleaseHold($"{id}:release", id, "cancelled")
            : new BookCommand($"{id}:cancel:{key.RowKey}", decision.IsOk ? new BookMove.Touch() : new BookMove.Refuse(decision.Error));
        return command with
        {
            Key = key,
            Answer = _ => StoredAnswer.Ok(WithdrawalView.Of(decision.Value!, request.Caller().Language)),

            // Whatever the hold says (it was captured a moment ago), to the customer it is the same.
            Refusal = _ => StoredAnswer.Problem(request, WithdrawalErrors.TooLateToCancel),
            Companions = isNew ? _ => [WithdrawalTable.Replacing(decision.Value!, stored.ETag)] : null,
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

    private async Task WakeAsync(DurableTaskClient durable, WithdrawalId id, CancellationToken cancellationToken)
    {
        try
        {
            await durable.RaiseEventAsync(id.Value, WithdrawalOrchestrator.Doorbell, "cancelled", cancellationToken);
        }
        catch (Exception fault)
        {
            // It finds out by itself at its next step.
            logger.LogInformation(fault, "The orchestration of withdrawal {WithdrawalId} was not woken", id);
        }
    }
}
