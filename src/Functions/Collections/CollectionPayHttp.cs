using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Collections;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>/v1/collections/{id or code}/pay and /cancel.</summary>
public sealed class CollectionPayHttp(CollectionTable table, CollectionDesk desk, Funding funding, MoneyRoute route, Secrets secrets, IdSource ids, TimeProvider clock)
{
    /// <summary>Pays a collection. A single payer's collection is paid once, whoever races; each payer pays once.</summary>
    [Function("PayCollection")]
    [Access(Role.Customer)]
    [Operation("Pay a collection, by id or code", Request = typeof(PayCollection), Response = typeof(TransferHttp.TransferAnswer), Status = 201, AlsoStatus = [202], Key = true,
        Codes = ["collection_paid", "collection_expired", "collection_cancelled", "collection_amount_differs", "collection_amount_required", "already_in_progress",
            "insufficient_funds", "limit_per_transaction", "own_limit", "limit_daily", "limit_yearly", "limit_lifetime", "confirmation_required",
            "payee_is_self", "currency_mismatch", "account_frozen", "wallet_frozen", "not_found",
            "bank_card_not_found", "card_declined", "card_details_outdated", "card_insufficient_funds", "channel_unavailable",
            "confirmation_locked", "confirmation_wrong", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> PayAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/collections/{collection}/pay")] HttpRequest request, string collection, CancellationToken cancellationToken)
    {
        var path = $"POST /v1/collections/{CollectionRef.Read(collection)?.Key ?? "-"}/pay";
        var read = await MoneyRequest.ReadAsync(request, path, secrets, PayCollection.Ask, cancellationToken, bodyOptional: true);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        if (CollectionRef.Read(collection) is not { } reference || await table.FindAsync(reference, cancellationToken) is not { } stored)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var (money, asked) = read.Value;
        var wanted = stored.Collection.AskOf(money.Caller.Wallet, asked.Amount, clock.GetUtcNow());
        var amount = wanted.IsOk ? wanted.Value : asked.Amount ?? stored.Collection.Amount ?? Money.Zero(Currency.Cny);
        var spend = await route.BeginAsync(money, path, OperationKind.Collection, amount, asked.Confirm, cancellationToken);
        var id = ids.New<TransactionId>();
        var refusal = wanted.Error ?? spend.Refusal;
        StoredAnswer Render(Decision decision) => TransferHttp.TransferAnswer.Stored(decision, $"/api/v1/transactions/{id}");

        var outcome = refusal is null
            ? await funding.SendAsync(spend, Order(stored.Collection, spend, id) with { Answer = Render }, asked.Funding, cancellationToken)
            : await funding.RefuseAsync(spend, id.Value, refusal, asked.Funding, cancellationToken);
        return await route.FinishAsync(spend, outcome, stored.Collection.PayeeName, cancellationToken);
    }

    /// <summary>Takes a collection back. What was paid stays paid.</summary>
    [Function("CancelCollection")]
    [Access(Role.Customer)]
    [Operation("Take a collection back", Request = typeof(CancelCollection), Response = typeof(CollectionView), Key = true,
        Codes = ["not_found", "collection_paid", "collection_expired", "already_in_progress"])]
    public async Task<IResult> CancelAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/collections/{collection}/cancel")] HttpRequest request, string collection, CancellationToken cancellationToken)
    {
        var path = $"POST /v1/collections/{CollectionRef.Read(collection)?.Key ?? "-"}/cancel";
        var read = await MoneyRequest.ReadAsync(request, path, secrets, _ => new CancelCollection(), cancellationToken, bodyOptional: true);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        return CollectionRef.Read(collection) is { } reference && await desk.CancelAsync(read.Value.Request, reference, cancellationToken) is { } outcome
            ? read.Value.Request.Answer(outcome)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    private static TransferOrder Order(Collection collection, Spend spend, TransactionId id) =>
        new(id.Value, spend.Caller.Wallet, spend.Account!.MaskedName, collection.Payee, collection.PayeeName, spend.Amount, collection.Note)
        {
            Terms = spend.Terms,
            Purpose = TransferPurpose.Collection,
            Key = spend.Key,
            InTransit = debit => StoredAnswer.Created(TransferHttp.TransferAnswer.Of(debit, "in_transit"), $"/api/v1/transactions/{id}"),
            Refusal = spend.Money.Refusal,
            Attempt = spend.Attempt,
            Claim = CollectionDesk.ClaimOf(collection),
            Taken = CollectionErrors.Paid,
            Closed = CollectionErrors.Cancelled,
            Memo = CollectionCredit.Memo(collection.Id, spend.Account.MaskedName),
        };

    internal sealed record PayCollection(Money? Amount, FundingSource? Source, BankCardId? BankCardId, ConfirmForm? Confirm)
    {
        internal FundingChoice Funding => new(Source, BankCardId);

        public static PayCollection Ask(JsonForm form)
        {
            var (source, card) = FundingChoice.Ask(form);
            return new PayCollection(form.OptionalMoney("amount"), source, card, ConfirmForm.Ask(form));
        }
    }

    internal sealed record CancelCollection;
}
