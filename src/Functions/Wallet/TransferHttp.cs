using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/transfers: money from the caller's wallet to another.</summary>
public sealed class TransferHttp(Transfers transfers, Ledger ledger, PayeeResolver payees, RecentAccounts accounts, Secrets secrets, IdSource ids)
{
    private const string Route = "POST /v1/transfers";
    private const int LongestNote = 140;

    /// <summary>Transfers. When it answers 201 the payee has the money.</summary>
    [Function("CreateTransfer")]
    [Access(Role.Customer)]
    [Operation("Transfer to another wallet", Request = typeof(CreateTransfer), Response = typeof(TransferAnswer), Status = 201, Key = true,
        Codes = ["insufficient_funds", "payee_not_found", "payee_is_self", "currency_mismatch", "channel_unsupported", "account_frozen", "wallet_frozen"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/transfers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await MoneyRequest.ReadAsync(request, Route, secrets, CreateTransfer.Ask, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, order) = read.Value;
        var id = ids.New<TransactionId>();
        var payer = await accounts.FindAsync(money.Caller.Account, cancellationToken);
        var payee = await payees.FindAsync(order.To.Phone, order.To.WalletId, cancellationToken);
        var refusal = AccountGuard.Check(payer) ?? (order.Source == TransferSource.BankCard ? LedgerErrors.ChannelUnsupported : payee.Error);
        StoredAnswer Render(Decision decision) => StoredAnswer.Created(TransferAnswer.Of(decision.Entry!), $"/api/v1/transfers/{id}");

        var outcome = refusal is null
            ? await transfers.SendAsync(
                new TransferOrder(id.Value, money.Caller.Wallet, payer!.MaskedName, payee.Value!.Wallet, payee.Value.MaskedName, order.Amount, order.Note)
                {
                    Key = money.Key,
                    Answer = Render,
                    Refusal = money.Refusal,
                },
                cancellationToken)
            : await transfers.RefuseAsync(
                money.Caller.Wallet,
                new BookCommand(id.Value, new BookMove.Refuse(refusal)) { Key = money.Key, Answer = Render, Refusal = money.Refusal },
                cancellationToken);
        return money.Answer(outcome);
    }

    /// <summary>One transfer that the caller sent.</summary>
    [Function("GetTransfer")]
    [Access(Role.Customer)]
    [Operation("One transfer", Response = typeof(TransferAnswer), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/transfers/{transactionId}")] HttpRequest request, string transactionId, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<TransactionId>(transactionId, out var id)
            || await ledger.FindEntryAsync(request.Caller().Wallet, id.Value, cancellationToken) is not { Kind: EntryKind.TransferOut, Party.Wallet: { } payee } entry)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        // Its id stands in the list of transactions as soon as the debit is made.
        var isCredited = await ledger.FindOperationAsync(payee, entry.Operation, cancellationToken) is not null;
        return Answers.Ok(isCredited ? TransferAnswer.Of(entry) : TransferAnswer.Of(entry) with { Status = "in_transit" });
    }

    /// <summary>Where the money is taken from.</summary>
    internal enum TransferSource
    {
        Balance,
        BankCard,
    }

    internal sealed record CreateTransfer(TransferTarget To, Money Amount, TransferSource? Source, string? Note, Confirmation? Confirm)
    {
        public static CreateTransfer Ask(JsonForm form)
        {
            var to = form.RequiredObject("to");
            var target = new TransferTarget(to.OptionalPhone("phone"), to.OptionalId<WalletId>("walletId"));
            if (form.Has("to") && (to.Has("phone") && !to.IsBlank("phone")) == to.Has("walletId"))
            {
                form.Fail(FieldErrors.Invalid("to", new("须且仅须提供 phone 或 walletId 之一。", "it must have exactly one of phone and walletId.")));
            }

            return new CreateTransfer(
                target, form.RequiredMoney("amount"), form.OptionalEnum<TransferSource>("source"), form.OptionalString("note", LongestNote), Confirmation.Ask(form));
        }
    }

    internal sealed record TransferTarget(PhoneNumber? Phone, WalletId? WalletId);

    /// <summary>Proof of consent. Nothing asks for it yet; a client that sends it is not refused.</summary>
    internal sealed record Confirmation(string? PaymentPassword, string? ChallengeId, string? Otp, string? DeviceKeyId, string? Signature)
    {
        public static Confirmation? Ask(JsonForm form) => form.Object("confirm") is { } confirm
            ? new Confirmation(
                confirm.OptionalString("paymentPassword", 6),
                confirm.OptionalString("challengeId", 64),
                confirm.OptionalString("otp", 6),
                confirm.OptionalString("deviceKeyId", 64),
                confirm.OptionalString("signature", 512))
            : null;
    }

    internal sealed record TransferAnswer(
        TransactionId TransactionId, string Status, Money Amount, Money Fee, Money BalanceAfter, TransactionView.CounterpartyView? Counterparty, string? Note, DateTimeOffset CreatedAt)
    {
        // The answer to the request is given when the credit is made: to whom it is told, the transfer is completed.
        public static TransferAnswer Of(Entry entry) => new(
            Operations.TransactionOf(entry.Operation),
            "completed",
            Money.Fen(entry.Moved(BookAccount.InTransit)),
            Money.Fen(entry.Moved(BookAccount.Fees)),
            Money.Fen(entry.AvailableAfter),
            TransactionView.CounterpartyView.Of(entry.Party),
            entry.Note,
            entry.At);
    }
}
