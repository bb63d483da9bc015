using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>/v1/me/bank-cards.</summary>
public sealed class CardFunctions(Cards cards, Idempotency idempotency, IdSource ids)
{
    [Function("AddBankCard")]
    [Access(Role.Customer)]
    [Operation("Bind a bank card", Request = typeof(AddCard), Response = typeof(CardAnswer), Status = 201, Key = true,
        Codes = ["invalid_card_number", "card_holder_mismatch", "identity_required"])]
    public async Task<IResult> Add([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/me/bank-cards")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var holderName = form.RequiredString("holderName", 100);
        var cardNumber = form.RequiredString("cardNumber", 40);
        var bankCode = form.RequiredString("bankCode", 12);
        var phone = form.RequiredPhone("phone");
        if (bankCode.Length > 0 && !bankCode.All(char.IsAsciiLetterOrDigit))
        {
            form.Fail(FieldErrors.Invalid("bankCode", new("须为银行代码，例如 ICBC。", "it must be a bank's code, such as ICBC.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        if (!CardNumber.TryParse(cardNumber, out var number))
        {
            return Answers.Problem(request, IdentityErrors.InvalidCardNumber);
        }

        var application = new CardApplication(holderName, number, bankCode.ToUpperInvariant(), phone);
        return await idempotency.RunAsync(request, "POST /v1/me/bank-cards", form, async _ =>
        {
            // A run after a crash finds the card by its number, so its id need not belong to the key.
            var card = await cards.BindAsync(request.Caller().Account, application, ids.New<BankCardId>(), cancellationToken);
            return card.IsOk ? StoredAnswer.Created(CardAnswer.Of(card.Value)) : StoredAnswer.Problem(request, card.Error);
        }, cancellationToken);
    }

    [Function("ListBankCards")]
    [Access(Role.Customer)]
    [Operation("The caller's bank cards", Response = typeof(CardAnswer), IsList = true)]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/me/bank-cards")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        // A person has a handful of cards: the cursor is the last card shown.
        var all = await cards.ListAsync(request.Caller().Account, cancellationToken);
        var shown = all.SkipWhile(card => page.Value.Cursor is { } after && string.CompareOrdinal(card.BankCardId.Value, after) >= 0).Take(page.Value.Limit).ToList();
        var more = shown.Count > 0 && shown[^1] != all[^1];
        return Answers.List(shown.ConvertAll(CardAnswer.Of), more ? shown[^1].BankCardId.Value : null);
    }

    [Function("RemoveBankCard")]
    [Access(Role.Customer)]
    [Operation("Remove a bank card", Status = 204, Codes = ["not_found"])]
    public async Task<IResult> Remove([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/me/bank-cards/{bankCardId}")] HttpRequest request, string bankCardId, CancellationToken cancellationToken) =>
        Id.TryParse<BankCardId>(bankCardId, out var id) && await cards.RemoveAsync(request.Caller().Account, id, cancellationToken)
            ? Answers.NoContent()
            : Answers.Problem(request, PlatformErrors.NotFound);

    internal sealed record AddCard(string HolderName, string CardNumber, string BankCode, string Phone);

    internal sealed record CardAnswer(BankCardId BankCardId, string Last4, string BankCode)
    {
        public static CardAnswer Of(BankCard card) => new(card.BankCardId, card.Last4, card.BankCode);
    }
}
