using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bills;

/// <summary>/v1/bills: electricity, water, gas, telephone.</summary>
public sealed class BillHttp(Funding funding, BillerRegister billers, Ledger ledger, MoveStates states, MoneyRoute route, IdSource ids)
{
    private const string Route = "POST /v1/bills";

    /// <summary>Pays a bill, once: whoever pays it first has paid it for ever.</summary>
    [Function("CreateBill")]
    [Access(Role.Customer)]
    [Operation("Pay a bill", Request = typeof(CreateBillPayment), Response = typeof(BillView), Status = 201, AlsoStatus = [202], Key = true,
        Codes = ["bill_paid", "already_in_progress", "biller_not_found", "biller_suspended", "bill_number_invalid", "bill_amount_too_large", "insufficient_funds",
            "limit_per_transaction", "own_limit", "limit_daily", "limit_yearly", "limit_lifetime", "confirmation_required", "payee_is_self", "currency_mismatch",
            "account_frozen", "wallet_frozen", "bank_card_not_found", "card_declined", "card_details_outdated", "card_insufficient_funds", "channel_unavailable",
            "confirmation_locked", "confirmation_wrong", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/bills")] HttpRequest request, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, Route, OperationKind.Bill, CreateBillPayment.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, asked) = begun.Value;
        var id = ids.New<BillId>();
        var biller = await billers.FindAsync(asked.BillerId, cancellationToken);
        var refusal = spend.Refusal
            ?? (biller is null ? BillErrors.BillerNotFound : biller.Takes(asked.BillNumber, asked.Amount));
        var outcome = refusal is null
            ? await funding.SendAsync(spend, Order(id, spend, asked, biller!), asked.Funding, cancellationToken)
            : await funding.RefuseAsync(spend, id.Value, refusal, asked.Funding, cancellationToken);
        return await route.FinishAsync(spend, outcome, biller?.Name.In(spend.Caller.Language), cancellationToken);
    }

    /// <summary>One bill of the caller.</summary>
    [Function("GetBill")]
    [Access(Role.Customer)]
    [Operation("One bill", Response = typeof(BillView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/bills/{billId}")] HttpRequest request, string billId, CancellationToken cancellationToken) =>
        Id.TryParse<BillId>(billId, out var id)
            && await ledger.Store.FindAsync<BillRow>(BookKeys.Partition(request.Caller().Wallet), BillRow.KeyOf(id), cancellationToken) is { } row
            ? Answers.Ok(await ViewAsync(request.Caller(), row, cancellationToken))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>The caller's bills, newest first.</summary>
    [Function("ListBills")]
    [Access(Role.Customer)]
    [Operation("The caller's bills", Response = typeof(BillView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/bills")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (rows, next) = await ledger.Store.PageAsync<BillRow>(request.Caller().Wallet, BillRow.Prefix, page.Value, null, cancellationToken);
        return Answers.List(await Task.WhenAll(rows.Select(row => ViewAsync(request.Caller(), row, cancellationToken))), next);
    }

    private async Task<BillView> ViewAsync(Caller caller, BillRow row, CancellationToken cancellation) => BillView.Of(
        row, await states.FindAsync(caller.Wallet, WalletId.Of(row.Payee), row.Id, row.Reviewed == true, cancellation), caller.Language);

    private static TransferOrder Order(BillId id, Spend spend, CreateBillPayment asked, Biller biller)
    {
        var location = $"/api/v1/bills/{id}";
        return new TransferOrder(id.Value, spend.Caller.Wallet, spend.Account!.MaskedName, biller.SettlementWallet, biller.Name.Zh, asked.Amount, asked.BillNumber)
        {
            Terms = spend.Terms,
            Purpose = TransferPurpose.Bill,
            Key = spend.Key,
            Answer = decision => decision.UnderReview
                ? StoredAnswer.Accepted(View(decision.Entry!, Money.Fen(decision.Fee.Amount), "under_review"), location)
                : StoredAnswer.Created(View(decision.Entry!, Money.Fen(decision.Fee.Amount), "completed"), location),
            InTransit = debit => StoredAnswer.Created(View(debit, Money.Fen(debit.Moved(BookAccount.Fees)), "in_transit"), location),
            Refusal = spend.Money.Refusal,
            Attempt = spend.Attempt,
            Claim = new Claim(Biller.ClaimOf(biller.Id, asked.BillNumber)),
            Taken = BillErrors.Paid,
            Companions = decision => [Companion.Add(Row(decision.Entry!, Money.Fen(decision.Fee.Amount), decision.UnderReview))],
        };

        BillRow Row(Entry entry, Money fee, bool isUnderReview) => BillRow.Of(id, biller, asked.BillNumber, asked.Amount, fee, entry, isUnderReview);

        BillView View(Entry entry, Money fee, string status) =>
            BillView.Of(Row(entry, fee, false), status, spend.Caller.Language) with { BalanceAfter = Money.Fen(entry.AvailableAfter) };
    }

    internal sealed record CreateBillPayment(BillerId BillerId, string BillNumber, Money Amount, FundingSource? Source, BankCardId? BankCardId, ConfirmForm? Confirm) : ISpendForm
    {
        internal FundingChoice Funding => new(Source, BankCardId);

        public static CreateBillPayment Ask(JsonForm form)
        {
            var (source, card) = FundingChoice.Ask(form);
            return new CreateBillPayment(
                form.RequiredIdSought<BillerId>("billerId"),
                form.RequiredString("billNumber", BillNumberFormat.Longest),
                form.RequiredMoney("amount"),
                source,
                card,
                ConfirmForm.Ask(form));
        }
    }
}
