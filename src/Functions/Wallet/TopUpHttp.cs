using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/topups: money into the caller's wallet.</summary>
public sealed class TopUpHttp(Ledger ledger, MoneyRoute route, SandboxOptions sandbox, IdSource ids)
{
    private const string Route = "POST /v1/topups";

    /// <summary>Tops up. The sandbox's channel pays at once; others are not connected yet and refuse.</summary>
    [Function("CreateTopUp")]
    [Access(Role.Customer)]
    [Operation("Top up the wallet", Request = typeof(CreateTopUp), Response = typeof(TopUpAnswer), Status = 201, Key = true,
        Codes = ["channel_unsupported", "currency_mismatch", "account_frozen", "wallet_frozen"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/topups")] HttpRequest request, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, Route, OperationKind.TopUp, CreateTopUp.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, order) = begun.Value;
        var id = ids.New<TopUpId>();
        var refusal = spend.Refusal ?? (order.Channel == TopUpChannel.Sandbox && sandbox.Enabled ? null : LedgerErrors.ChannelUnsupported);

        // The sandbox's channel makes money out of nothing: it is outside the limits.
        var move = refusal is null ? new BookMove.CreditTopUp(order.Amount, "sandbox", spend.Terms with { Rules = Rulebook.None }) : spend.Refuse(refusal);
        var command = spend.Command(id.Value, move, decision => StoredAnswer.Created(TopUpAnswer.Of(decision.Entry!, id), $"/api/v1/topups/{id}"));
        return await route.FinishAsync(spend, await ledger.ExecuteAsync(spend.Caller.Wallet, command, cancellationToken), null, cancellationToken);
    }

    /// <summary>One top-up of the caller.</summary>
    [Function("GetTopUp")]
    [Access(Role.Customer)]
    [Operation("One top-up", Response = typeof(TopUpAnswer), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/topups/{topUpId}")] HttpRequest request, string topUpId, CancellationToken cancellationToken) =>
        Id.TryParse<TopUpId>(topUpId, out var id)
            && await ledger.FindEntryAsync(request.Caller().Wallet, id.Value, cancellationToken) is { Kind: EntryKind.TopUp } entry
            ? Answers.Ok(TopUpAnswer.Of(entry, id))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>The ways money comes in.</summary>
    internal enum TopUpChannel
    {
        BankCard,
        Sandbox,
    }

    internal sealed record CreateTopUp(Money Amount, TopUpChannel Channel, BankCardId? BankCardId) : ISpendForm
    {
        ConfirmForm? ISpendForm.Confirm => null;

        public static CreateTopUp Ask(JsonForm form) => new(form.RequiredMoney("amount"), form.Enum<TopUpChannel>("channel"), form.OptionalId<BankCardId>("bankCardId"));
    }

    internal sealed record TopUpAnswer(TopUpId TopupId, string Status, Money Amount, string? Channel, TransactionId TransactionId, Money BalanceAfter, DateTimeOffset CreatedAt)
    {
        public static TopUpAnswer Of(Entry entry, TopUpId id) => new(
            id,
            "succeeded",
            Money.Fen(entry.Postings[0].Amount),
            entry.Party?.Name,
            Operations.TransactionOf(entry.Operation),
            Money.Fen(entry.AvailableAfter),
            entry.At);
    }
}
