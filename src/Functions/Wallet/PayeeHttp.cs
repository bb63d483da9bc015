using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/payees: who is behind a number, before money goes there.</summary>
public sealed class PayeeHttp(PayeeResolver payees, Ledger ledger, RateLimits limits)
{
    // Few are paid a minute, and fewer a day; whoever asks more often is collecting names.
    private static readonly RateLimit PerMinute = new("payees", 10, TimeSpan.FromMinutes(1));
    private static readonly RateLimit PerDay = new("payees-day", 200, TimeSpan.FromDays(1));

    /// <summary>The masked name, and whether the caller has paid this person before.</summary>
    [Function("ResolvePayee")]
    [Access(Role.Customer)]
    [Operation("Who is behind a telephone number or wallet id: 10 a minute, 200 a day", Request = typeof(ResolvePayee), Response = typeof(PayeeAnswer), Codes = ["payee_is_self", "payee_not_found", "too_many_requests"])]
    public async Task<IResult> ResolveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payees/resolve")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var (phone, wallet) = (form.OptionalPhone("phone"), form.OptionalIdSought<WalletId>("walletId"));
        if (phone is null == wallet is null)
        {
            form.Fail(FieldErrors.Invalid("phone", new("须且仅须提供 phone 或 walletId 之一。", "exactly one of phone and walletId must be given.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var caller = request.Caller();
        if (await limits.RefuseAsync(request, caller.Account.Value, cancellationToken, PerMinute, PerDay) is { } tooMany)
        {
            return Answers.Problem(request, tooMany);
        }

        var payee = await payees.FindAsync(phone, wallet, cancellationToken);
        if (!payee.IsOk || payee.Value.Wallet == caller.Wallet)
        {
            return Answers.Problem(request, payee.Error ?? LedgerErrors.PayeeIsSelf);
        }

        var head = (await ledger.ReadHeadAsync(caller.Wallet, cancellationToken)).Head;
        return Answers.Ok(new PayeeAnswer(payee.Value.MaskedName, !head.Usage.Payees.Has(payee.Value.Wallet.Value)));
    }

    internal sealed record ResolvePayee(string? Phone, WalletId? WalletId);

    internal sealed record PayeeAnswer(string MaskedName, bool IsNew);
}
