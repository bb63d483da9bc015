using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>Where a payment takes its money from.</summary>
internal enum FundingSource
{
    /// <summary>The wallet.</summary>
    Balance,

    /// <summary>A bound card, which is charged for it.</summary>
    BankCard,
}

/// <summary>The members <c>source</c> and <c>bankCardId</c> of a payment.</summary>
/// <param name="Source">Null: the balance.</param>
/// <param name="CardId">The card to charge; null: the only one.</param>
internal sealed record FundingChoice(FundingSource? Source, BankCardId? CardId)
{
    /// <summary>Asks a form for both members.</summary>
    public static FundingChoice Ask(JsonForm form)
    {
        var choice = new FundingChoice(form.OptionalEnum<FundingSource>("source"), form.OptionalIdSought<BankCardId>("bankCardId"));
        if (choice is { Source: not FundingSource.BankCard, CardId: not null })
        {
            form.Fail(FieldErrors.Invalid("bankCardId", new("仅当 source 为 bank_card 时使用。", "it goes only with the source bank_card.")));
        }

        return choice;
    }
}

/// <summary>Makes payments with the money of the customer's choice.</summary>
/// <remarks>
/// From a card: the payment is decided as if there were money enough, the card is charged for amount and fee (a top-up, which is
/// the customer's whatever becomes of the payment), and then the money moves. All of it hangs on the request's key: a repeat
/// goes on where the last try ended, and neither charges nor pays twice.
/// </remarks>
public sealed class Funding
{
    /// <summary>More than any payment and its fee: 10 digits of yuan.</summary>
    private const long Plenty = 1_000_000_000_000;

    private readonly CardTopUps topUps;
    private readonly TopUpTable table;
    private readonly Transfers transfers;
    private readonly Ledger ledger;
    private readonly TimeProvider clock;

    internal Funding(CardTopUps topUps, TopUpTable table, Transfers transfers, Ledger ledger, TimeProvider clock) =>
        (this.topUps, this.table, this.transfers, this.ledger, this.clock) = (topUps, table, transfers, ledger, clock);

    /// <summary>Makes a payment. A card that refuses is a refusal of the payment, kept under the key; one whose word is not known yet is 503, and the same key goes on.</summary>
    /// <param name="spend">The request.</param>
    /// <param name="order">The payment, as it would be made from the balance; its key is the request's.</param>
    /// <param name="choice">Where the money comes from.</param>
    /// <param name="cancellation">Ends the waiting, not the payment.</param>
    internal async Task<Outcome> SendAsync(Spend spend, TransferOrder order, FundingChoice choice, CancellationToken cancellation)
    {
        if (choice.Source != FundingSource.BankCard || await ledger.FindKeyAsync(order.Payer, spend.Key.RowKey, cancellation) is not null)
        {
            return await transfers.SendAsync(order, cancellation);
        }

        if (await transfers.IsTakenAsync(order, cancellation))
        {
            // The card is not charged for what somebody has paid already. Whoever pays it in this moment is met by the claim.
            var told = await BegunAsync(spend, choice, cancellation) is { } begun ? order with { Refusal = error => spend.Money.Refusal(Honest(error, begun)) } : order;
            return await transfers.SendAsync(told, cancellation);
        }

        var total = await TotalAsync(spend, order, cancellation);
        if (!total.IsOk)
        {
            return await RefuseAsync(spend, order, total.Error, cancellation);
        }

        var charged = await topUps.ChargeAsync(
            new CardOrder(spend.Money, choice.CardId, total.Value, spend.Terms with { Operation = OperationKind.TopUp }), cancellation);
        return charged switch
        {
            // Answered a moment ago by a repeat of this request; its transfer is seen to the end.
            { Outcome: Outcome.Replayed { Answer: not null } } => await transfers.SendAsync(order, cancellation),
            { Outcome: { } answered } => answered,
            { TopUp: { Status: TopUpStatus.Failed, FailureCode: { } code } } => await RefuseAsync(spend, order, LedgerErrors.Find(code), cancellation),
            { TopUp: { Status: TopUpStatus.Succeeded } topUp } => await SendFundedAsync(spend, order, topUp.Id, cancellation),
            _ => new Outcome.Refused(spend.Money.Refusal(LedgerErrors.ChannelUnavailable), LedgerErrors.ChannelUnavailable),
        };
    }

    /// <summary>Stores a refusal that was decided before the book was asked; if an earlier try with the key has begun to charge a card, it says what became of the money.</summary>
    internal async Task<Outcome> RefuseAsync(Spend spend, string operationId, DomainError error, FundingChoice choice, CancellationToken cancellation)
    {
        var command = spend.Command(operationId, spend.Refuse(error), _ => throw new InvalidOperationException("A refusal has no other answer."));
        return await transfers.RefuseAsync(
            spend.Caller.Wallet,
            await BegunAsync(spend, choice, cancellation) is { } begun ? command with { Refusal = refusal => spend.Money.Refusal(Honest(refusal, begun)) } : command,
            cancellation);
    }

    /// <summary>The top-up that an earlier try of this request has begun; null where there is none.</summary>
    private async Task<CardTopUp?> BegunAsync(Spend spend, FundingChoice choice, CancellationToken cancellation)
    {
        var wallet = spend.Caller.Wallet;
        var begun = choice.Source == FundingSource.BankCard ? await table.FindBegunAsync(wallet, spend.Key, cancellation) : null;
        return begun?.Fingerprint == spend.Key.Fingerprint ? (await table.GetAsync(wallet, TopUpId.Of(begun.TopUp), cancellation)).TopUp : null;
    }

    /// <summary>What the card is charged: what the payment would take of a wallet with money enough. A refusal charges nothing.</summary>
    private async Task<Result<Money>> TotalAsync(Spend spend, TransferOrder order, CancellationToken cancellation)
    {
        if (await table.FindBegunAsync(order.Payer, spend.Key, cancellation) is { } begun)
        {
            return (await table.GetAsync(order.Payer, TopUpId.Of(begun.TopUp), cancellation)).TopUp.Amount;
        }

        var head = (await ledger.ReadHeadAsync(order.Payer, cancellation)).Head;
        var rich = head with { Balances = head.Balances with { Available = Plenty } };
        var now = clock.GetUtcNow();
        var decided = Book.Decide(rich, Transfers.MoveOf(order), order.OperationId, now > head.LastAt ? now : head.LastAt);
        return decided.IsOk ? new Money(Plenty - decided.Value.Head.Balances.Available, order.Amount.Currency) : decided.Error;
    }

    private Task<Outcome> RefuseAsync(Spend spend, TransferOrder order, DomainError error, CancellationToken cancellation) =>
        transfers.RefuseAsync(order.Payer, spend.Command(order.OperationId, spend.Refuse(error), order.Answer!), cancellation);

    /// <summary>Makes the payment whose money is there; again where what is reported of the top-up has changed its row meanwhile.</summary>
    private async Task<Outcome> SendFundedAsync(Spend spend, TransferOrder order, TopUpId id, CancellationToken cancellation)
    {
        var stored = await table.GetAsync(order.Payer, id, cancellation);
        while (true)
        {
            var outcome = await transfers.SendAsync(Funded(spend, order, stored), cancellation);
            var now = outcome is Outcome.Conflict ? await table.GetAsync(order.Payer, id, cancellation) : stored;
            if (now.ETag == stored.ETag)
            {
                return outcome;
            }

            stored = now;
        }
    }

    /// <summary>The payment once its money is there: linked with the top-up, and honest about it if it is refused after all.</summary>
    private static TransferOrder Funded(Spend spend, TransferOrder order, StoredTopUp stored) => order with
    {
        Companions = decision => [.. order.Companions?.Invoke(decision) ?? [], TopUpTable.Linking(stored, order.OperationId)],
        Refusal = error => spend.Money.Refusal(Honest(error, stored.TopUp)),
    };

    /// <summary>A refusal of the payment that says where the card's money is. A card that refused gave none.</summary>
    private static DomainError Honest(DomainError error, CardTopUp topUp) => topUp.Status switch
    {
        TopUpStatus.Failed => error,
        TopUpStatus.Succeeded => Naming(topUp, error, new("银行卡已扣款，款项已存入余额。", "The card was charged, and the money is in the balance.")),
        _ => Naming(topUp, error, new("银行卡扣款尚无结果；如已扣款，款项将存入余额。", "The card's answer is not known yet; if it is charged, the money goes to the balance.")),
    };

    private static DomainError Naming(CardTopUp topUp, DomainError error, Text where) => error with
    {
        Detail = new Text($"{error.Detail.Zh}{where.Zh}", $"{error.Detail.En} {where.En}"),
        Extensions = new Dictionary<string, object>(error.Extensions, StringComparer.Ordinal) { ["topupId"] = topUp.Id },
    };
}
