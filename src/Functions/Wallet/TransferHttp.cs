using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Platform;
using WalletFunctions.TopUps;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet;

/// <summary>/v1/transfers: money from the caller's wallet to another.</summary>
public sealed class TransferHttp(Funding funding, TransactionViews views, PayeeSearch payees, PayeeNames names, MoneyRoute route, IdSource ids)
{
    private const string Route = "POST /v1/transfers";
    private const int LongestNote = 140;
    private const int LongestName = 100;

    /// <summary>Transfers. When it answers that it is completed the payee has the money.</summary>
    [Function("CreateTransfer")]
    [Access(Role.Customer)]
    [Operation("Transfer to another wallet; telephone numbers that are nobody's: 10 in ten minutes, 50 a day", Request = typeof(CreateTransfer), Response = typeof(TransferAnswer), Status = 201, AlsoStatus = [202], Key = true,
        Codes = ["insufficient_funds", "limit_per_transaction", "own_limit", "limit_daily", "limit_yearly", "limit_lifetime", "confirmation_required",
            "payee_not_found", "payee_is_self", "payee_name_mismatch", "too_many_requests", "currency_mismatch", "account_frozen", "wallet_frozen",
            "bank_card_not_found", "card_declined", "card_details_outdated", "card_insufficient_funds", "channel_unavailable",
            "confirmation_locked", "confirmation_wrong", "otp_exhausted", "otp_expired", "otp_wrong", "payment_password_not_set"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/transfers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var begun = await route.BeginAsync(request, Route, OperationKind.Transfer, CreateTransfer.Ask, cancellationToken);
        if (!begun.IsOk)
        {
            return Answers.Problem(request, begun.Error);
        }

        var (spend, order) = begun.Value;
        var id = ids.New<TransactionId>();
        var choice = new FundingChoice(order.Source, order.BankCardId);
        var payee = await payees.FindAsync(spend, order.To.Phone, order.To.WalletId, cancellationToken);
        var refusal = spend.Refusal ?? payee.Error
            ?? (order.To.Name is { } name ? await names.CheckAsync(spend.Caller.Wallet, payee.Value!, name, cancellationToken) : null);
        StoredAnswer Render(Decision decision) => TransferAnswer.Stored(decision, $"/api/v1/transfers/{id}");

        var outcome = refusal is null
            ? await funding.SendAsync(
                spend,
                new TransferOrder(id.Value, spend.Caller.Wallet, spend.Account!.MaskedName, payee.Value!.Wallet, payee.Value.MaskedName, order.Amount, order.Note)
                {
                    Terms = spend.Terms,
                    Key = spend.Key,
                    Answer = Render,
                    InTransit = debit => StoredAnswer.Created(TransferAnswer.Of(debit, "in_transit"), $"/api/v1/transfers/{id}"),
                    Refusal = spend.Money.Refusal,
                    Attempt = spend.Attempt,
                },
                choice,
                cancellationToken)
            : await funding.RefuseAsync(spend, id.Value, refusal, choice, cancellationToken);
        return await route.FinishAsync(spend, outcome, payee.Value?.MaskedName, cancellationToken);
    }

    /// <summary>One transfer that the caller sent or got.</summary>
    [Function("GetTransfer")]
    [Access(Role.Customer)]
    [Operation("One transfer", Response = typeof(TransferAnswer), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transfers/{transactionId}")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        var wallet = request.Caller().Wallet;
        if (!Id.TryParse<TransactionId>(transactionId, out var id)
            || await views.FindAsync(wallet, id.Value, cancellationToken) is not { } row
            || (EntryKind)row.Kind is not (EntryKind.TransferOut or EntryKind.TransferHold or EntryKind.TransferIn))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var entry = row.ToDomain();
        var view = await views.OfAsync(BookKeys.Partition(wallet), entry, cancellationToken);
        return Answers.Ok(TransferAnswer.Of(entry, view.Status) with { Amount = view.Amount, Fee = view.Fee, FailureCode = view.FailureCode, ReversedBy = view.ReversedBy });
    }

    internal sealed record CreateTransfer(TransferTarget To, Money Amount, FundingSource? Source, BankCardId? BankCardId, string? Note, ConfirmForm? Confirm) : ISpendForm
    {
        public static CreateTransfer Ask(JsonForm form)
        {
            var to = form.RequiredObject("to");
            var target = new TransferTarget(to.OptionalPhone("phone"), to.OptionalIdSought<WalletId>("walletId"), to.OptionalString("name", LongestName));
            if (form.Has("to") && (to.Has("phone") && !to.IsBlank("phone")) == to.Has("walletId"))
            {
                form.Fail(FieldErrors.Invalid("to", new("须且仅须提供 phone 或 walletId 之一。", "it must have exactly one of phone and walletId.")));
            }

            var (source, card) = FundingChoice.Ask(form);
            return new CreateTransfer(target, form.RequiredMoney("amount"), source, card, form.OptionalString("note", LongestNote), ConfirmForm.Ask(form));
        }
    }

    internal sealed record TransferTarget(PhoneNumber? Phone, WalletId? WalletId, string? Name);

    internal sealed record TransferAnswer(
        TransactionId TransactionId, string Status, Money Amount, Money Fee, Money BalanceAfter, TransactionView.CounterpartyView? Counterparty, string? Note, DateTimeOffset CreatedAt)
    {
        /// <summary>Why it failed, where a person looked at it and said no.</summary>
        public string? FailureCode { get; init; }

        /// <summary>The transaction that took it back.</summary>
        public TransactionId? ReversedBy { get; init; }

        /// <summary>The answer of a decision. That of a debit is told once the credit is made: to whom it is told, the transfer is completed.</summary>
        public static StoredAnswer Stored(Decision decision, string location) => decision.UnderReview
            ? StoredAnswer.Accepted(Of(decision.Entry!, "under_review") with { Amount = Money.Fen(decision.Hold!.Amount), Fee = Money.Fen(decision.Hold.Fee) }, location)
            : StoredAnswer.Created(Of(decision.Entry!, "completed"), location);

        public static TransferAnswer Of(Entry entry, string status) => new(
            Operations.TransactionOf(entry.Operation),
            status,
            Money.Fen(entry.Moved(BookAccount.InTransit)),
            Money.Fen(entry.Moved(BookAccount.Fees)),
            Money.Fen(entry.AvailableAfter),
            TransactionView.CounterpartyView.Of(entry.Party),
            entry.Note,
            entry.At);
    }
}
