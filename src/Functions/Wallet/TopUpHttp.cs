using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/topups: money into the caller's wallet.</summary>
public sealed class TopUpHttp(Ledger ledger, Secrets secrets, SandboxOptions sandbox, IdSource ids, AccountGuard guard)
{
    private const string Route = "POST /v1/topups";

    /// <summary>Tops up. The sandbox's channel pays at once; others are not connected yet and refuse.</summary>
    [Function("CreateTopUp")]
    [Access(Role.Customer)]
    [Operation("Top up the wallet", Request = typeof(CreateTopUp), Response = typeof(TopUpAnswer), Status = 201, Key = true,
        Codes = ["channel_unsupported", "currency_mismatch", "account_frozen", "wallet_frozen"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/topups")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await MoneyRequest.ReadAsync(request, Route, secrets, form => new CreateTopUp(
            form.RequiredMoney("amount"), form.Enum<TopUpChannel>("channel"), form.OptionalId<BankCardId>("bankCardId")), cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, order) = read.Value;
        var id = ids.New<TopUpId>();
        var refusal = await guard.CheckAsync(money.Caller.Account, cancellationToken)
            ?? (order.Channel == TopUpChannel.Sandbox && sandbox.Enabled ? null : LedgerErrors.ChannelUnsupported);
        return money.Answer(await ledger.ExecuteAsync(
            money.Caller.Wallet,
            new BookCommand(id.Value, refusal is null ? new BookMove.CreditTopUp(order.Amount, "sandbox") : new BookMove.Refuse(refusal))
            {
                Key = money.Key,
                Answer = decision => StoredAnswer.Created(TopUpAnswer.Of(decision.Entry!, id), $"/api/v1/topups/{id}"),
                Refusal = money.Refusal,
            },
            cancellationToken));
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

    internal sealed record CreateTopUp(Money Amount, TopUpChannel Channel, BankCardId? BankCardId);

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
