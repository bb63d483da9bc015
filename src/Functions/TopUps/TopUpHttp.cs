using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.TopUps;

/// <summary>/v1/topups: money into the caller's wallet.</summary>
public sealed class TopUpHttp
{
    private const string Route = "POST /v1/topups";

    private readonly Ledger ledger;
    private readonly CardTopUps cards;
    private readonly TopUpTable table;
    private readonly MoneyRoute route;
    private readonly SandboxOptions sandbox;
    private readonly IdSource ids;

    public TopUpHttp(Ledger ledger, CardTopUps cards, Storage storage, MoneyRoute route, SandboxOptions sandbox, IdSource ids) =>
        (this.ledger, this.cards, table, this.route, this.sandbox, this.ids) = (ledger, cards, new TopUpTable(storage), route, sandbox, ids);

    /// <summary>Tops up. The sandbox's channel pays at once; a bank card has succeeded, failed, or is pending when its acquirer does not say in time.</summary>
    [Function("CreateTopUp")]
    [Access(Role.Customer)]
    [Operation("Top up the wallet", Request = typeof(CreateTopUp), Response = typeof(TopUpView), Status = 201, Key = true,
        Codes = ["account_frozen", "bank_card_not_found", "channel_unavailable", "channel_unsupported", "currency_mismatch", "limit_daily", "limit_per_transaction", "wallet_frozen"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/topups")] HttpRequest request, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, Route, OperationKind.TopUp, CreateTopUp.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, order) = begun.Value;
        var outcome = (spend.Refusal, order.Channel) switch
        {
            ({ } refusal, _) => await RefuseAsync(spend, refusal, cancellationToken),
            (_, TopUpChannel.BankCard) => await FromCardAsync(spend, order, cancellationToken),
            (_, TopUpChannel.Sandbox) when sandbox.Enabled => await FromSandboxAsync(spend, order, cancellationToken),
            _ => await RefuseAsync(spend, LedgerErrors.ChannelUnsupported, cancellationToken),
        };
        return await route.FinishAsync(spend, outcome, null, cancellationToken);
    }

    /// <summary>The caller's top-ups by bank card.</summary>
    [Function("ListTopUps")]
    [Access(Role.Customer)]
    [Operation("One's top-ups by bank card, newest first", Response = typeof(TopUpView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/topups")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await table.ListAsync(request.Caller().Wallet, page.Value, cancellationToken);
        return Answers.List(items.Select(TopUpView.Of).ToList(), continuation);
    }

    /// <summary>One top-up of the caller, as it stands now.</summary>
    [Function("GetTopUp")]
    [Access(Role.Customer)]
    [Operation("One top-up", Response = typeof(TopUpView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/topups/{topUpId}")] HttpRequest request, string topUpId, CancellationToken cancellationToken)
    {
        var wallet = request.Caller().Wallet;
        if (!Id.TryParse<TopUpId>(topUpId, out var id))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        if (await table.FindAsync(wallet, id, cancellationToken) is { } stored)
        {
            return Answers.Ok(TopUpView.Of(stored.TopUp), stored.ETag);
        }

        // The sandbox's channel leaves an entry and no row.
        return await ledger.FindEntryAsync(wallet, id.Value, cancellationToken) is { Kind: EntryKind.TopUp } entry
            ? Answers.Ok(TopUpView.Of(entry, id))
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>The sandbox's channel makes money out of nothing: it is outside the limits.</summary>
    private Task<Outcome> FromSandboxAsync(Spend spend, CreateTopUp order, CancellationToken cancellationToken)
    {
        var id = ids.New<TopUpId>();
        var move = new BookMove.CreditTopUp(order.Amount, "sandbox", spend.Terms with { Rules = Rulebook.None });
        return ledger.ExecuteAsync(
            spend.Caller.Wallet, spend.Command(id.Value, move, decision => StoredAnswer.Created(TopUpView.Of(decision.Entry!, id), LocationOf(id))), cancellationToken);
    }

    private async Task<Outcome> FromCardAsync(Spend spend, CreateTopUp order, CancellationToken cancellationToken)
    {
        var charged = await cards.ChargeAsync(new CardOrder(spend.Money, order.BankCardId, order.Amount, spend.Terms), cancellationToken);
        if (charged.TopUp is not { } topUp)
        {
            return charged.Outcome!;
        }

        // Told as it stands now; should it change later, its own route tells.
        var answer = StoredAnswer.Created(TopUpView.Of(topUp), LocationOf(topUp.Id));
        return await ledger.ExecuteAsync(spend.Caller.Wallet, spend.Command($"{topUp.Id}:told", new BookMove.Touch(), _ => answer), cancellationToken);
    }

    private Task<Outcome> RefuseAsync(Spend spend, DomainError refusal, CancellationToken cancellationToken) => ledger.ExecuteAsync(
        spend.Caller.Wallet,
        spend.Command(ids.New<TopUpId>().Value, spend.Refuse(refusal), _ => throw new InvalidOperationException("A refusal is not committed.")),
        cancellationToken);

    private static string LocationOf(TopUpId id) => $"/api/v1/topups/{id}";

    /// <summary>The ways money comes in.</summary>
    internal enum TopUpChannel
    {
        BankCard,
        Sandbox,
    }

    /// <param name="Amount">How much.</param>
    /// <param name="Channel">From where.</param>
    /// <param name="BankCardId">The card; null: the only one.</param>
    internal sealed record CreateTopUp(Money Amount, TopUpChannel Channel, BankCardId? BankCardId) : ISpendForm
    {
        ConfirmForm? ISpendForm.Confirm => null;

        public static CreateTopUp Ask(JsonForm form) =>
            new(form.RequiredMoney("amount"), form.Enum<TopUpChannel>("channel"), form.OptionalIdSought<BankCardId>("bankCardId"));
    }
}
