using Microsoft.Extensions.Logging;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TopUps.Acquirer;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>A top-up after a step.</summary>
/// <param name="TopUp">As it stands.</param>
/// <param name="IsClear">Whether the acquirer has said enough to tell the customer; if not, the same request is to be sent again.</param>
internal sealed record Carried(CardTopUp TopUp, bool IsClear);

/// <summary>Carries top-ups by bank card forward. Every step starts from the stored row and ends in one write on its ETag, so a step run twice acts once.</summary>
public sealed class TopUpDesk
{
    private readonly TopUpTable table;
    private readonly ChargeIndex index;
    private readonly Ledger ledger;
    private readonly IAcquirer acquirer;
    private readonly SealedCards cards;
    private readonly SuspenseReport suspense;
    private readonly LateReport late;
    private readonly TimeProvider clock;
    private readonly ILogger<TopUpDesk> logger;

    internal TopUpDesk(
        TopUpTable table, ChargeIndex index, Ledger ledger, IAcquirer acquirer, SealedCards cards, SuspenseReport suspense, LateReport late, TimeProvider clock, ILogger<TopUpDesk> logger) =>
        (this.table, this.index, this.ledger, this.acquirer, this.cards, this.suspense, this.late, this.clock, this.logger) =
        (table, index, ledger, acquirer, cards, suspense, late, clock, logger);

    /// <summary>The operation that reserves a round of a top-up. While it is forbidden, the top-up cannot begin.</summary>
    internal static string BeginningOf(TopUpId id, int round) => $"{id}:begin:{round}";

    /// <summary>Sends the charge of a row that says so.</summary>
    /// <param name="stored">In flight.</param>
    /// <param name="isOnlyOrder">Whether no other charge of it can still be on its way: only then does "not taken" mean that the card is safe.</param>
    /// <param name="cancellationToken">Ends it anywhere; the next look goes on from the row.</param>
    internal async Task<Carried> SendAsync(StoredTopUp stored, bool isOnlyOrder, CancellationToken cancellationToken)
    {
        var topUp = stored.TopUp;
        var (holder, number) = cards.Open(topUp.SealedCard);
        var answer = await acquirer.ChargeAsync(new ChargeOrder(topUp.Id, topUp.Amount, new CardDetails(topUp.Card.BankCode, holder, number)), cancellationToken);
        switch (answer)
        {
            case { Word: { } word }:
                return new Carried(await HearAsync(stored, word, cancellationToken), IsClear: true);
            case { Kind: SubmitAnswerKind.Taken }:
                return new Carried(await TakenAsync(stored, cancellationToken), IsClear: true);
            case { Kind: SubmitAnswerKind.NotTaken } when isOnlyOrder:
                logger.LogWarning("The acquirer could not take charge {ChargeId} now", topUp.Id);
                var parked = await FailAsync(stored, LedgerErrors.ChannelUnavailable.Code, cancellationToken);
                return new Carried(parked, IsClear: parked is { IsOpen: false, IsParked: false });
            case { Kind: SubmitAnswerKind.Unknown }:
                return await AskAsync(stored, cancellationToken) with { IsClear = true };
            default:
                return new Carried(topUp, IsClear: false);
        }
    }

    /// <summary>Asks how a charge stands, and keeps what is said. Not clear when the acquirer does not know it, or does not answer.</summary>
    internal async Task<Carried> AskAsync(StoredTopUp stored, CancellationToken cancellationToken)
    {
        var answer = await acquirer.AskAsync(stored.TopUp.Id, cancellationToken);
        return answer.Kind switch
        {
            StatusAnswerKind.Decided => new Carried(await HearAsync(stored, answer.Word!, cancellationToken), IsClear: true),
            StatusAnswerKind.Pending => new Carried(await TakenAsync(stored, cancellationToken), IsClear: true),
            StatusAnswerKind.NotKnown or StatusAnswerKind.Unreachable => new Carried(stored.TopUp, IsClear: false),
        };
    }

    /// <summary>Keeps the acquirer's word, with the money it moves, once. What says nothing new changes nothing.</summary>
    internal async Task<CardTopUp> HearAsync(StoredTopUp stored, ChargeWord word, CancellationToken cancellationToken)
    {
        if (stored.TopUp.IsContradictedBy(word))
        {
            logger.LogError("The acquirer refuses charge {ChargeId}, which it has settled; nothing was changed", stored.TopUp.Id);
        }

        while (stored.TopUp.IsNews(word))
        {
            if (word.Outcome == ChargeOutcome.Rejected)
            {
                await FailAsync(stored, CardRefusals.CodeOf(CardRefusals.Of(word.Reason)), cancellationToken);
            }
            else
            {
                await CreditAsync(stored, cancellationToken);
            }

            stored = await table.GetAsync(stored.TopUp.WalletId, stored.TopUp.Id, cancellationToken);
        }

        return (await ReportAsync(stored, cancellationToken)).TopUp;
    }

    /// <summary>Takes a look at a top-up that nobody may be waiting for: asks, but never charges, for a card is charged only while its owner is asking for it.</summary>
    /// <returns>Whether nothing is left to do.</returns>
    internal async Task<bool> LookAfterAsync(WalletId wallet, TopUpId id, CancellationToken cancellationToken)
    {
        var stored = await table.FindAsync(wallet, id, cancellationToken);
        if (stored is null)
        {
            // Announced and never begun; from now on it cannot be.
            await ledger.TombstoneAsync(wallet, BeginningOf(id, 1), cancellationToken);
            stored = await table.FindAsync(wallet, id, cancellationToken);
            return stored is null;
        }

        if (stored.TopUp.Status != TopUpStatus.Pending)
        {
            return !(await ReportAsync(stored, cancellationToken)).TopUp.IsOpen;
        }

        var answer = await acquirer.AskAsync(id, cancellationToken);
        var topUp = answer.Kind switch
        {
            StatusAnswerKind.Decided => await HearAsync(stored, answer.Word!, cancellationToken),
            StatusAnswerKind.Pending => await TakenAsync(stored, cancellationToken),
            StatusAnswerKind.NotKnown when stored.TopUp.IsLostAt(clock.GetUtcNow()) => await FailAsync(stored, LedgerErrors.ChannelUnavailable.Code, cancellationToken),
            StatusAnswerKind.NotKnown or StatusAnswerKind.Unreachable => stored.TopUp,
        };
        return !(topUp.IsLate || topUp.BecomesLateAt(clock.GetUtcNow()) ? await ReportLateAsync(wallet, id, cancellationToken) : topUp).IsOpen;
    }

    private async Task CreditAsync(StoredTopUp stored, CancellationToken cancellationToken)
    {
        var (topUp, etag) = (stored.TopUp, stored.ETag);
        if (topUp.Status == TopUpStatus.Failed)
        {
            // Nobody looks after it any more: should this be cut off, the next look must find it.
            await index.ExpectAsync(new DueTopUp(topUp.WalletId, topUp.Id, clock.GetUtcNow(), 0), cancellationToken);
        }

        var credit = new BookMove.CreditTopUp(topUp.Amount, $"{topUp.Card.BankCode} {topUp.Card.Last4}");
        await ExecuteAsync(topUp, new BookCommand(topUp.Id.Value, credit)
        {
            Companions = decision => [TopUpTable.Replacing(topUp.Succeed(decision.Entry!.At, decision.Entry.AvailableAfter, decision.Head.IsClosed), etag)],
        }, cancellationToken);
    }

    /// <summary>Ends it as failed, unless the row has changed; answers it as it then stands.</summary>
    private async Task<CardTopUp> FailAsync(StoredTopUp stored, string code, CancellationToken cancellationToken)
    {
        var (topUp, etag) = (stored.TopUp, stored.ETag);
        var failed = topUp.Fail(code, clock.GetUtcNow());
        var step = topUp.IsParked ? "refused" : "fail";
        var outcome = await ExecuteAsync(topUp, new BookCommand($"{topUp.Id}:{step}:{topUp.Round}", new BookMove.ForgetTopUp(topUp.Counted))
        {
            Companions = _ => [TopUpTable.Replacing(failed, etag)],
        }, cancellationToken);
        return outcome is Outcome.Committed ? failed : (await table.GetAsync(topUp.WalletId, topUp.Id, cancellationToken)).TopUp;
    }

    private async Task<Outcome> ExecuteAsync(CardTopUp topUp, BookCommand command, CancellationToken cancellationToken) =>
        await ledger.ExecuteAsync(topUp.WalletId, command, cancellationToken) switch
        {
            Outcome.Refused refused => throw new InvalidOperationException($"The ledger refused {command.OperationId}: {refused.Error.Code}."),
            var outcome => outcome,
        };

    /// <summary>Stores that the acquirer has the charge.</summary>
    private async Task<CardTopUp> TakenAsync(StoredTopUp stored, CancellationToken cancellationToken)
    {
        if (stored.TopUp is { Status: TopUpStatus.Pending, InFlight: true } && await table.ReplaceAsync(stored.TopUp.Taken(), stored.ETag, cancellationToken) is { } taken)
        {
            return taken.TopUp;
        }

        return stored.TopUp.InFlight ? (await table.GetAsync(stored.TopUp.WalletId, stored.TopUp.Id, cancellationToken)).TopUp : stored.TopUp;
    }

    private async Task<CardTopUp> ReportLateAsync(WalletId wallet, TopUpId id, CancellationToken cancellationToken)
    {
        var stored = await table.GetAsync(wallet, id, cancellationToken);
        if (stored.TopUp.BecomesLateAt(clock.GetUtcNow()))
        {
            // The row says so first: whoever ends it meanwhile tells of its end as well.
            stored = await table.ReplaceAsync(stored.TopUp with { IsLate = true }, stored.ETag, cancellationToken) ?? await table.GetAsync(wallet, id, cancellationToken);
        }

        return (await ReportAsync(stored, cancellationToken)).TopUp;
    }

    /// <summary>Money in suspense has a case of its own, and so has what is late, which hears the end.</summary>
    private async Task<StoredTopUp> ReportAsync(StoredTopUp stored, CancellationToken cancellationToken)
    {
        while (stored.TopUp is { InSuspense: true, ConversationId: null } topUp)
        {
            // Opened first, under a key of its own: opened twice it is the same conversation.
            var conversation = await suspense.OpenAsync(topUp, cancellationToken);
            stored = await table.ReplaceAsync(topUp with { ConversationId = conversation }, stored.ETag, cancellationToken)
                ?? await table.GetAsync(topUp.WalletId, topUp.Id, cancellationToken);
        }

        // One that ended before anybody was told that it is late is late no more; but a conversation that was opened hears the end.
        ConversationId? opened = null;
        while (stored.TopUp is { IsLate: true, LateConversationId: null } topUp && (topUp.Status == TopUpStatus.Pending || opened is not null))
        {
            opened ??= await late.OpenAsync(topUp, cancellationToken);
            stored = await table.ReplaceAsync(topUp with { LateConversationId = opened }, stored.ETag, cancellationToken)
                ?? await table.GetAsync(topUp.WalletId, topUp.Id, cancellationToken);
        }

        if (stored.TopUp.LateConversationId is { } open)
        {
            await late.TellAsync(stored.TopUp, open, clock.GetUtcNow(), cancellationToken);
        }
        else if (stored.TopUp.IsLate)
        {
            await late.TellEndAsync(stored.TopUp, cancellationToken);
        }

        return stored;
    }
}
