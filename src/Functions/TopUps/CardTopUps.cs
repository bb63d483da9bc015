using System.Text;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.TopUps.Acquirer;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>A customer's order to charge a bank card.</summary>
/// <param name="Money">The request, whose key names the charge: however often it is sent, the card is charged once.</param>
/// <param name="CardId">The card; null: the only one.</param>
/// <param name="Amount">Positive.</param>
/// <param name="Terms">The customer's.</param>
internal sealed record CardOrder(MoneyRequest Money, BankCardId? CardId, Money Amount, SpendTerms Terms);

/// <summary>What became of an order to charge a card.</summary>
/// <param name="TopUp">The top-up, where the acquirer has said enough of it.</param>
/// <param name="Outcome">Otherwise the answer: kept under the key before, refused now, or not to be kept.</param>
internal sealed record Charged(CardTopUp? TopUp, Outcome? Outcome)
{
    public static Charged Of(CardTopUp topUp) => new(topUp, null);

    public static Charged Of(Outcome outcome) => new(null, outcome);

    /// <summary>A refusal that is not kept, so that the same key may try again.</summary>
    public static Charged NotKept(CardOrder order, DomainError error) => Of(new Outcome.Refused(order.Money.Refusal(error), error));
}

/// <summary>Charges cards while their owners wait. Whatever is repeated, killed or raced, a request has one top-up, and that one charge and one credit.</summary>
public sealed class CardTopUps
{
    private readonly TopUpTable table;
    private readonly ChargeIndex index;
    private readonly Ledger ledger;
    private readonly IAcquirer acquirer;
    private readonly TopUpDesk desk;
    private readonly SealedCards cards;
    private readonly TimeProvider clock;

    internal CardTopUps(TopUpTable table, ChargeIndex index, Ledger ledger, IAcquirer acquirer, TopUpDesk desk, SealedCards cards, TimeProvider clock) =>
        (this.table, this.index, this.ledger, this.acquirer, this.desk, this.cards, this.clock) = (table, index, ledger, acquirer, desk, cards, clock);

    /// <summary>Charges a card for a request, or goes on with the charge that the request has begun.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellation">Ends the waiting, not the charge.</param>
    internal Task<Charged> ChargeAsync(CardOrder order, CancellationToken cancellation) => ToTheEndAsync(order).WaitAsync(cancellation);

    private async Task<Charged> ToTheEndAsync(CardOrder order)
    {
        var (wallet, key) = (order.Money.Caller.Wallet, order.Money.Key);
        if (await ledger.FindKeyAsync(wallet, key.RowKey, CancellationToken.None) is { } kept)
        {
            return Charged.Of(kept.Fingerprint == key.Fingerprint ? new Outcome.Replayed(kept.Answer(), kept.Operation) : new Outcome.KeyReused());
        }

        CardTopUp? fresh = null;
        while (true)
        {
            if (await table.FindBegunAsync(wallet, key, CancellationToken.None) is { } begun)
            {
                var stored = await table.GetAsync(wallet, TopUpId.Of(begun.TopUp), CancellationToken.None);
                return begun.Fingerprint != key.Fingerprint ? Charged.Of(new Outcome.KeyReused())
                    : stored.TopUp == fresh ? Of(order, await desk.SendAsync(stored, isOnlyOrder: true, CancellationToken.None))
                    : await GoOnAsync(order, stored);
            }

            var card = await ChooseAsync(order);
            if (!card.IsOk)
            {
                return Charged.NotKept(order, card.Error);
            }

            fresh = New(order, card.Value);
            await index.AnnounceAsync(new DueTopUp(wallet, fresh.Id, fresh.RequestedAt + AcquirerPatience.PauseAfter(0), 0), CancellationToken.None);
            var outcome = await ReserveAsync(order, TopUpDesk.BeginningOf(fresh.Id, 1), decision =>
            {
                fresh = fresh with { Counted = decision.Counted };
                return TopUpTable.Adding(fresh, key);
            });
            switch (outcome)
            {
                case Outcome.Committed or Outcome.Conflict or Outcome.Swept or Outcome.Replayed { Answer: null }:
                    // Begun by us or by a repeat of the request, or forbidden because it took so long: the rows tell.
                    break;
                default:
                    return Charged.Of(outcome);
            }
        }
    }

    /// <summary>Goes on with what this request, or an earlier one with its key, has begun. The acquirer is asked before anything is sent again.</summary>
    private async Task<Charged> GoOnAsync(CardOrder order, StoredTopUp stored)
    {
        while (true)
        {
            var topUp = stored.TopUp;
            if (topUp is { Status: not TopUpStatus.Pending, IsParked: false })
            {
                return Charged.Of(topUp);
            }

            var answer = await acquirer.AskAsync(topUp.Id, CancellationToken.None);
            switch (answer.Kind)
            {
                case StatusAnswerKind.Decided:
                    return Charged.Of(await desk.HearAsync(stored, answer.Word!, CancellationToken.None));
                case StatusAnswerKind.Pending when !topUp.IsParked:
                    return Charged.Of(topUp);
                case StatusAnswerKind.Unreachable:
                    return Charged.NotKept(order, LedgerErrors.ChannelUnavailable);
                case StatusAnswerKind.NotKnown when !topUp.IsParked:
                    if (await table.ReplaceAsync(topUp.SendAgain(clock.GetUtcNow()), stored.ETag, CancellationToken.None) is { } again)
                    {
                        return Of(order, await desk.SendAsync(again, isOnlyOrder: false, CancellationToken.None));
                    }

                    break;
                default:
                    CardTopUp? resumed = null;
                    var outcome = await ReserveAsync(order, TopUpDesk.BeginningOf(topUp.Id, topUp.Round + 1), decision =>
                    {
                        resumed = topUp.Resume(decision.Counted, clock.GetUtcNow());
                        return [TopUpTable.Replacing(resumed, stored.ETag)];
                    });
                    if (outcome is Outcome.Committed)
                    {
                        stored = await table.GetAsync(topUp.WalletId, topUp.Id, CancellationToken.None);
                        if (stored.TopUp == resumed)
                        {
                            await index.ExpectAsync(new DueTopUp(topUp.WalletId, topUp.Id, resumed!.SentAt + AcquirerPatience.PauseAfter(0), 0), CancellationToken.None);
                            return Of(order, await desk.SendAsync(stored, isOnlyOrder: true, CancellationToken.None));
                        }
                    }
                    else if (outcome is not (Outcome.Conflict or Outcome.Replayed { Answer: null }))
                    {
                        return Charged.Of(outcome);
                    }

                    break;
            }

            // Somebody else has moved it: look again.
            stored = await table.GetAsync(topUp.WalletId, topUp.Id, CancellationToken.None);
        }
    }

    /// <summary>Decides and counts the limits; the money, once the card has paid, cannot be refused any more. A refusal is kept under the key.</summary>
    private Task<Outcome> ReserveAsync(CardOrder order, string operation, Func<Decision, IReadOnlyList<Companion>> companions)
    {
        var money = order.Money;
        return ledger.ExecuteAsync(
            money.Caller.Wallet,
            new BookCommand(operation, new BookMove.ReserveTopUp(order.Amount, order.Terms))
            {
                Key = money.Key,
                Answer = _ => null,
                Refusal = money.Refusal,
                Attempt = new AttemptNote(money.Caller.RequestId, order.Terms.Operation, order.Amount),
                Companions = companions,
            },
            CancellationToken.None);
    }

    private static Charged Of(CardOrder order, Carried carried) =>
        carried.IsClear ? Charged.Of(carried.TopUp) : Charged.NotKept(order, LedgerErrors.ChannelUnavailable);

    private async Task<Result<SealedCard>> ChooseAsync(CardOrder order)
    {
        var account = order.Money.Caller.Account;
        if (order.CardId is { } id)
        {
            return await cards.FindAsync(account, id, CancellationToken.None) is { } card ? card : WithdrawalErrors.BankCardNotFound;
        }

        return await cards.ListAsync(account, CancellationToken.None) switch
        {
            [] => WithdrawalErrors.BankCardNotFound,
            [var only] => only,
            _ => PlatformErrors.Validation([FieldErrors.Missing("bankCardId")]),
        };
    }

    private CardTopUp New(CardOrder order, SealedCard card)
    {
        var now = clock.GetUtcNow();
        var (caller, key) = (order.Money.Caller, order.Money.Key);
        return new CardTopUp
        {
            Id = Id.From<TopUpId>(now, Encoding.UTF8.GetBytes($"{caller.Wallet}\n{key.RowKey}")),
            WalletId = caller.Wallet,
            AccountId = caller.Account,
            Amount = order.Amount,
            Card = new ChargedCard(card.BankCardId, card.Last4, card.BankCode),
            SealedCard = card.Seal,
            RequestedAt = now,
            SentAt = now,
        };
    }
}
