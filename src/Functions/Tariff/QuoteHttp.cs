using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Settings;

namespace WalletFunctions.Tariff;

/// <summary>/v1/quotes: what a move would cost, when it would arrive, and whether it would pass.</summary>
public sealed class QuoteHttp(Quotes quotes, RateLimits limits)
{
    // A quote tells whether a number can be paid: enough for whoever is about to pay, too few to go through numbers.
    private static readonly RateLimit PerMinute = new("quotes", 30, TimeSpan.FromMinutes(1));
    private static readonly RateLimit PerDay = new("quotes-day", 500, TimeSpan.FromDays(1));

    /// <summary>Asks without moving anything; nothing is kept.</summary>
    [Function("CreateQuote")]
    [Access(Role.Customer)]
    [Operation("What a move would cost and whether it would pass: 30 a minute, 500 a day that name a payee", Request = typeof(QuoteRequest), Response = typeof(QuoteAnswer), Codes = ["invalid_amount", "too_many_requests"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/quotes")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var question = new QuoteQuestion(form.RequiredOperation("kind"), form.RequiredMoney("amount"), Target(form));
        var caller = request.Caller();
        var refusal = form.Finish() ?? (question.To is null ? null : await limits.RefuseAsync(request, caller.Account.Value, cancellationToken, PerMinute, PerDay));
        return refusal is null ? Answers.Ok(await quotes.AnswerAsync(caller, question, cancellationToken)) : Answers.Problem(request, refusal);
    }

    private static QuoteTarget? Target(JsonForm form)
    {
        if (form.Object("to") is not { } to)
        {
            return null;
        }

        var target = new QuoteTarget(to.OptionalPhone("phone"), to.OptionalId<WalletId>("walletId"));
        if ((to.Has("phone") && !to.IsBlank("phone")) == to.Has("walletId"))
        {
            form.Fail(FieldErrors.Invalid("to", new("须且仅须提供 phone 或 walletId 之一。", "it must have exactly one of phone and walletId.")));
        }

        return target;
    }

    /// <summary>A question.</summary>
    /// <param name="Kind"><c>topup</c> (by bank card), <c>transfer</c>, <c>collection</c>, <c>payment</c>, <c>bill</c> or <c>withdrawal</c>.</param>
    /// <param name="To">Left out: to somebody never paid before.</param>
    internal sealed record QuoteRequest(string Kind, Money Amount, QuoteTo? To);

    internal sealed record QuoteTo(string? Phone, WalletId? WalletId);
}
