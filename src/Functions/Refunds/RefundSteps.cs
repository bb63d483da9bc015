using Azure;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Refunds;

/// <summary>A change of a refund that somebody asks for.</summary>
/// <param name="Name">In its operation's id: <c>withdraw</c>.</param>
/// <param name="Key">Under which the answer is kept, in the payer's book.</param>
/// <param name="Decide">From the refund as it is to the refund as it shall be, at a moment; or why not.</param>
/// <param name="Answer">Renders the answer.</param>
/// <param name="Refusal">Renders a refusal.</param>
internal sealed record RefundChange(
    string Name, RequestKey Key, Func<Refund, RefundPolicy, DateTimeOffset, Result<Refund>> Decide, Func<Refund, RefundPolicy, StoredAnswer> Answer, Func<DomainError, StoredAnswer> Refusal)
{
    /// <summary>Why it is not to be made of the row as it is; null where that is the one the caller decided on.</summary>
    public Func<ETag, DomainError?> Condition { get; init; } = _ => null;
}

/// <summary>Changes refunds on the word of customers, merchants and support: the answer is stored with the change, then the orchestration is rung.</summary>
public sealed class RefundSteps
{
    private readonly RefundTable table;
    private readonly RefundBook book;
    private readonly RefundPolicies policies;
    private readonly Ledger ledger;
    private readonly Intents intents;
    private readonly IdSource ids;
    private readonly TimeProvider clock;
    private readonly ILogger<RefundSteps> logger;

    internal RefundSteps(
        RefundTable table, RefundBook book, RefundPolicies policies, Ledger ledger, Intents intents, IdSource ids, TimeProvider clock, ILogger<RefundSteps> logger) =>
        (this.table, this.book, this.policies, this.ledger, this.intents, this.ids, this.clock, this.logger) = (table, book, policies, ledger, intents, ids, clock, logger);

    internal async Task<Refund?> FindAsync(WalletId payer, RefundId id, CancellationToken cancellationToken) => (await table.FindAsync(payer, id, cancellationToken))?.Refund;

    /// <summary>Whether a change would be made just now.</summary>
    internal async Task<bool> WouldPassAsync(WalletId payer, RefundId id, Func<Refund, RefundPolicy, DateTimeOffset, Result<Refund>> decide, CancellationToken cancellationToken) =>
        await table.FindAsync(payer, id, cancellationToken) is { Refund: var refund }
        && decide(refund, await policies.AtAsync(refund.RequestedAt, cancellationToken), clock.GetUtcNow()).IsOk;

    /// <summary>Somebody of support decides, once per occasion.</summary>
    /// <param name="occasion">The same at every repeat.</param>
    /// <returns>Null when it is decided so.</returns>
    internal async Task<DomainError?> DecideAsync(
        WalletId payer, RefundId id, RefundVerdict verdict, string reason, AccountId by, string occasion, DurableTaskClient? durable, CancellationToken cancellationToken)
    {
        var change = new RefundChange(
            "decision",
            new RequestKey(BookKeys.RequestKey($"refund decision {id}", occasion), ""),
            (refund, _, now) => refund.DecideBySupport(verdict, reason, by, now),
            (_, _) => StoredAnswer.NoContent(),
            error => new StoredAnswer(ErrorStatus.Of(error.Kind), error.Code));
        return await ChangeAsync(payer, id, change, durable, cancellationToken) switch
        {
            null => RefundErrors.NotFound,
            Outcome.Committed or Outcome.Replayed { Answer.Status: 204 } => null,
            Outcome.Refused refused => refused.Error,
            Outcome.Replayed => RefundErrors.NotDecidable,
            var other => throw new LedgerUnavailableException($"Refund {id} could not be decided yet ({other.GetType().Name})."),
        };
    }

    /// <summary>Makes a change, once per key.</summary>
    /// <returns>What became of it; null when the wallet's owner has no such refund.</returns>
    internal async Task<Outcome?> ChangeAsync(WalletId payer, RefundId id, RefundChange change, DurableTaskClient? durable, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await table.FindAsync(payer, id, cancellationToken) is not { } stored)
            {
                return null;
            }

            // Its own for each try: were it named after the key, a repeat would take the first one's rows for its own and not say that it repeats.
            var operation = $"{id}:{change.Name}:{Operations.Tail(ids.New<TransactionId>().Value)}";
            var policy = await policies.AtAsync(stored.Refund.RequestedAt, cancellationToken);
            var decided = change.Condition(stored.ETag) is { } stale ? stale : change.Decide(stored.Refund, policy, clock.GetUtcNow());
            var rows = decided.IsOk ? await book.RowsAsync(stored, decided.Value, cancellationToken) : decided.Error;
            if (rows is null)
            {
                continue;
            }

            if (!rows.IsOk)
            {
                return rows.Error.RetryAfter is null
                    ? await ledger.ExecuteAsync(payer, Command(operation, new BookMove.Refuse(rows.Error), change, _ => throw new InvalidOperationException("It is refused.")), cancellationToken)
                    : new Outcome.Busy();
            }

            var intent = await intents.AddAsync(new Intent(RefundSweeper.IntentKind, operation, payer), cancellationToken);
            var command = Command(operation, new BookMove.Touch(), change, _ => change.Answer(decided.Value!, policy)) with { Companions = _ => rows.Value };
            var outcome = await ledger.ExecuteAsync(payer, command, cancellationToken);
            if (outcome is Outcome.Committed)
            {
                await RingAsync(durable, id, intent, change.Name, cancellationToken);
                return outcome;
            }

            intents.Clear(intent);
            if (outcome is not (Outcome.Conflict or Outcome.Swept))
            {
                return outcome;
            }

            // The row or the payment has changed, or it took so long that the sweep forbade it: decide again.
        }
    }

    private static BookCommand Command(string operation, BookMove move, RefundChange change, Func<Decision, StoredAnswer> answer) => new(operation, move)
    {
        Key = change.Key,
        Answer = answer,
        Refusal = change.Refusal,
    };

    private async Task RingAsync(DurableTaskClient? durable, RefundId id, Intent intent, string what, CancellationToken cancellationToken)
    {
        try
        {
            if (durable is not null && await RefundStarts.RingAsync(durable, id, what, cancellationToken))
            {
                intents.Clear(intent);
            }
        }
        catch (Exception fault)
        {
            // What was asked for is stored; the sweep rings.
            logger.LogWarning(fault, "The orchestration of refund {RefundId} was not rung", id);
        }
    }
}
