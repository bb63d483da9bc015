using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Merchants;
using WalletFunctions.Platform;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;

namespace WalletFunctions.Payments;

/// <summary>/v1/payments: paying merchants.</summary>
public sealed class PaymentHttp(Funding funding, MerchantRegister merchants, AccountClasses classes, PaymentReader reader, MoneyRoute route, IdSource ids, PaymentNews news)
{
    private const string Route = "POST /v1/payments";

    /// <summary>Pays a merchant's order, once: whoever pays it first has paid it for ever.</summary>
    [Function("CreatePayment")]
    [Access(Role.Customer)]
    [Operation("Pay a merchant", Request = typeof(CreatePayment), Response = typeof(PaymentView), Status = 201, AlsoStatus = [202], Key = true,
        Codes = ["order_paid", "already_in_progress", "merchant_restricted", "insufficient_funds", "limit_per_transaction", "own_limit", "limit_daily", "limit_yearly",
            "limit_lifetime", "confirmation_required", "payee_not_found", "payee_is_self", "currency_mismatch", "account_frozen", "wallet_frozen",
            "bank_card_not_found", "card_declined", "card_details_outdated", "card_insufficient_funds", "channel_unavailable",
            "confirmation_locked", "confirmation_wrong", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments")] HttpRequest request, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, Route, OperationKind.Payment, CreatePayment.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, asked) = begun.Value;
        var id = ids.New<PaymentId>();
        var merchant = await merchants.FindAsync(asked.MerchantId, cancellationToken);
        var refusal = spend.Refusal
            ?? (merchant is null ? LedgerErrors.PayeeNotFound : merchant.Takes(asked.Amount, await ClassAsync(spend.Caller, merchant, cancellationToken)));
        var outcome = refusal is null
            ? await funding.SendAsync(spend, Order(id, spend, asked, merchant!), asked.Funding, cancellationToken)
            : await funding.RefuseAsync(spend, id.Value, refusal, asked.Funding, cancellationToken);
        if (outcome is Outcome.Committed)
        {
            news.Ring(asked.MerchantId);
        }

        return await route.FinishAsync(spend, outcome, merchant?.Name, cancellationToken);
    }

    /// <summary>One payment, for who paid it or was paid.</summary>
    [Function("GetPayment")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("One payment", Response = typeof(PaymentView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments/{paymentId}")] HttpRequest request, string paymentId, CancellationToken cancellationToken) =>
        Id.TryParse<PaymentId>(paymentId, out var id) && await reader.FindAsync(request.Caller(), id, cancellationToken) is { } view
            ? Answers.Ok(view)
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>What the caller paid, newest first.</summary>
    [Function("ListPayments")]
    [Access(Role.Customer)]
    [Operation("The caller's payments", Response = typeof(PaymentView), IsList = true)]
    public Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments")] HttpRequest request, CancellationToken cancellationToken) =>
        ListAsync(request, reader.ListAsync, cancellationToken);

    /// <summary>What the merchant was paid, newest first.</summary>
    [Function("ListMerchantPayments")]
    [Access(Role.Merchant)]
    [Operation("The payments that a merchant got", Response = typeof(PaymentView), IsList = true)]
    public Task<IResult> ListSalesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant/payments")] HttpRequest request, CancellationToken cancellationToken) =>
        ListAsync(request, reader.ListSalesAsync, cancellationToken);

    /// <summary>The payer's class, where the merchant asks for one.</summary>
    private async Task<AccountClass> ClassAsync(Caller payer, Merchant merchant, CancellationToken cancellationToken) =>
        merchant.LeastClass == AccountClass.I ? AccountClass.I : await classes.FindAsync(payer.Wallet, cancellationToken);

    private static async Task<IResult> ListAsync(
        HttpRequest request, Func<Caller, Page, CancellationToken, Task<(IReadOnlyList<PaymentView> Items, string? Continuation)>> read, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, next) = await read(request.Caller(), page.Value, cancellationToken);
        return Answers.List(items, next);
    }

    private static TransferOrder Order(PaymentId id, Spend spend, CreatePayment asked, Merchant merchant)
    {
        var location = $"/api/v1/payments/{id}";
        return new TransferOrder(id.Value, spend.Caller.Wallet, spend.Account!.MaskedName, merchant.SettlementWallet, merchant.Name, asked.Amount, asked.Description)
        {
            Terms = spend.Terms,
            Purpose = TransferPurpose.Payment,
            Key = spend.Key,
            Answer = decision => decision.UnderReview
                ? StoredAnswer.Accepted(First(decision, "under_review"), location)
                : StoredAnswer.Created(First(decision, "completed"), location),
            InTransit = debit => StoredAnswer.Created(View(debit, Money.Fen(debit.Moved(BookAccount.Fees)), "in_transit"), location),
            Refusal = spend.Money.Refusal,
            Attempt = spend.Attempt,
            Claim = new Claim(Payment.ClaimOf(merchant.Id, asked.OrderId)),
            Taken = PaymentErrors.OrderPaid,
            Companions = decision => [Companion.Add(PaymentRow.Of(Made(decision.Entry!, Money.Fen(decision.Fee.Amount)), decision.UnderReview))],
            Memo = merchant.Id.Value,
        };

        Payment Made(Entry entry, Money fee) => new(
            id, entry.Wallet, spend.Account.MaskedName, merchant.Id, merchant.Name, merchant.SettlementWallet, asked.OrderId, asked.Description, asked.Amount, fee, entry.At);

        PaymentView First(Decision decision, string status) => View(decision.Entry!, Money.Fen(decision.Fee.Amount), status);

        PaymentView View(Entry entry, Money fee, string status) => PaymentView.Of(Made(entry, fee), status) with { Fee = fee, BalanceAfter = Money.Fen(entry.AvailableAfter) };
    }

    internal sealed record CreatePayment(AccountId MerchantId, string OrderId, Money Amount, string Description, FundingSource? Source, BankCardId? BankCardId, ConfirmForm? Confirm) : ISpendForm
    {
        private const int LongestDescription = 140;

        internal FundingChoice Funding => new(Source, BankCardId);

        public static CreatePayment Ask(JsonForm form)
        {
            var (source, card) = FundingChoice.Ask(form);
            return new CreatePayment(
                form.RequiredIdSought<AccountId>("merchantId"),
                form.RequiredString("orderId", Payment.LongestOrderId),
                form.RequiredMoney("amount"),
                form.RequiredString("description", LongestDescription),
                source,
                card,
                ConfirmForm.Ask(form));
        }
    }
}
