using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>Who wants money back of which payment, and under which key.</summary>
/// <param name="Payer">The wallet that paid.</param>
/// <param name="Account">Its owner.</param>
/// <param name="AskedBy">The agent who asks on the owner's behalf.</param>
/// <param name="Payment">What is to be given back.</param>
/// <param name="Wish">How much, and why.</param>
/// <param name="Key">Under which the answer is kept, in the payer's book.</param>
/// <param name="Refusal">Renders a refusal.</param>
internal sealed record RefundOrder(
    WalletId Payer, AccountId Account, AccountId? AskedBy, PaymentId Payment, RefundWish Wish, RequestKey Key, Func<DomainError, StoredAnswer> Refusal);

/// <summary>Takes requests for refunds: key, answer, refund and what it reserves of the payment are one transaction of the payer's book, or there is a refusal.</summary>
public sealed class RefundRequests
{
    private readonly RefundBook book;
    private readonly RefundIndex index;
    private readonly RefundPolicies policies;
    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly IdSource ids;
    private readonly TimeProvider clock;
    private readonly ILogger<RefundRequests> logger;

    // Many requests for one payment meet on one row. Within a process they queue up here; between processes the ETag decides.
    private readonly OneAtATime queue = new();

    internal RefundRequests(
        RefundBook book, RefundIndex index, RefundPolicies policies, Ledger ledger, Intents intents, IdSource ids, TimeProvider clock, ILogger<RefundRequests> logger) =>
        (this.book, this.index, this.policies, this.ledger, this.intents, this.ids, this.clock, this.logger) = (book, index, policies, ledger, intents, ids, clock, logger);

    /// <summary>Whether and how a payment can be refunded; null when the wallet made no such payment.</summary>
    internal async Task<(RefundablePayment Payment, RefundEligibility Eligibility, RefundPolicy Policy)?> JudgeAsync(WalletId payer, PaymentId id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var policy = await policies.AtAsync(now, cancellationToken);
        return await book.FindAsync(payer, id, cancellationToken) is { } found
            ? (found, RefundEligibility.Of(found.Payment, found.Standing, policy, now), policy)
            : null;
    }

    /// <summary>Reserves the amount and starts the refund, or refuses. Null when the wallet made no such payment.</summary>
    /// <param name="durable">Starts the orchestration; null leaves that to the sweep.</param>
    internal Task<Outcome?> AskAsync(RefundOrder order, DurableTaskClient? durable, CancellationToken cancellationToken) =>
        queue.RunAsync(order.Payment.Value, () => AskInTurnAsync(order, durable, cancellationToken), cancellationToken);

    private async Task<Outcome?> AskInTurnAsync(RefundOrder order, DurableTaskClient? durable, CancellationToken cancellationToken)
    {
        var id = ids.New<RefundId>();
        while (true)
        {
            if (await JudgeAsync(order.Payer, order.Payment, cancellationToken) is not var (found, eligibility, policy))
            {
                return null;
            }

            if (found.IsBeingReversed)
            {
                return new Outcome.Busy();
            }

            if (eligibility.Check(order.Wish.Amount) is { } refusal)
            {
                return await ledger.ExecuteAsync(
                    order.Payer, Command(id, order, new BookMove.Refuse(refusal), _ => throw new InvalidOperationException("It is refused.")), cancellationToken);
            }

            var reserved = found.Payment.Reserve(order.Wish.Amount);
            var refund = Refund.Ask(id, reserved, order.Account, order.Wish, order.AskedBy, clock.GetUtcNow());
            var answer = StoredAnswer.Accepted(RefundAccepted.Of(refund, policy), $"/api/v1/refunds/{id}");
            IReadOnlyList<Companion> rows = [Companion.Add(RefundRow.Of(refund)), .. RefundBook.Changing(found, reserved)];
            var intent = await intents.AddAsync(new Intent(RefundSweeper.IntentKind, OperationOf(id), order.Payer), cancellationToken);
            await index.AddAsync(new RefundPlace(order.Payer, id, refund.Merchant), cancellationToken);
            var outcome = await ledger.ExecuteAsync(order.Payer, Command(id, order, new BookMove.Touch(), _ => answer) with { Companions = _ => rows }, cancellationToken);
            switch (outcome)
            {
                case Outcome.Committed:
                    await StartAsync(durable, refund, intent, cancellationToken);
                    return outcome;
                case Outcome.Conflict or Outcome.Swept:
                    // Somebody has taken or given back a part of the payment, or it took so long that the sweep forbade it: decide again.
                    await ForgetAsync(id, intent, cancellationToken);
                    id = ids.New<RefundId>();
                    continue;
                default:
                    // Answered before: the first request's own intent sees to its start.
                    await ForgetAsync(id, intent, cancellationToken);
                    return outcome;
            }
        }
    }

    /// <summary>The operation that writes a new refund.</summary>
    internal static string OperationOf(RefundId id) => $"{id}:request";

    private static BookCommand Command(RefundId id, RefundOrder order, BookMove move, Func<Decision, StoredAnswer> answer) => new(OperationOf(id), move)
    {
        Key = order.Key,
        Answer = answer,
        Refusal = order.Refusal,
    };

    /// <summary>Under an id that came to nothing nobody is to look for a refund.</summary>
    private async Task ForgetAsync(RefundId id, Intent intent, CancellationToken cancellationToken)
    {
        try
        {
            await index.RemoveAsync(id, cancellationToken);
            intents.Clear(intent);
        }
        catch (Exception fault)
        {
            // The answer is known; the intent is left to the sweep, which forgets the id.
            logger.LogInformation(fault, "Refund {RefundId}, which came to nothing, could not be forgotten at once", id);
        }
    }

    private async Task StartAsync(DurableTaskClient? durable, Refund refund, Intent intent, CancellationToken cancellationToken)
    {
        try
        {
            if (durable is not null)
            {
                await RefundStarts.StartAsync(durable, refund.Payer, refund.Id, cancellationToken);
                intents.Clear(intent);
            }
        }
        catch (Exception fault)
        {
            // The amount is reserved and the answer stored: the request is accepted. The sweep starts it.
            logger.LogWarning(fault, "Refund {RefundId} could not be started at once", refund.Id);
        }
    }
}
