using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox bank's own API, as a bank would offer it: requests are signed, a payout id is paid once.</summary>
[SandboxOnly]
public sealed class BankHttp(BankCounter counter, BankTable table, BankOptions options, MachineClock clock)
{
    private const int MaxId = 64;

    /// <summary>Longer than any client waits.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    [Function("SandboxBankTakePayout")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's bank takes an order (signed)", Request = typeof(OrderBody), Response = typeof(BankPayoutView),
        Codes = ["bad_signature", "bank_down", "payout_differs"])]
    public async Task<IResult> TakeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/bank/payouts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return Answers.Problem(request, body.Error);
        }

        if (!IsSigned(request, body.Value.Span))
        {
            return Answers.Problem(request, WithdrawalErrors.BadSignature);
        }

        var behaviour = await table.BehaviourAsync(cancellationToken);
        if (behaviour.Mode == BankMode.Down)
        {
            return Answers.Problem(request, BankErrors.Down);
        }

        var taken = await TakeAsync(body.Value, behaviour, cancellationToken);
        if (behaviour.Mode == BankMode.Timeout)
        {
            await Task.Delay(Hang, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return taken.IsOk ? Answers.Ok(BankPayoutView.Of(taken.Value)) : Answers.Problem(request, taken.Error);
    }

    [Function("SandboxBankAskPayout")]
    [Access(Role.Anonymous)]
    [Operation("How a payout stands at the sandbox's bank (signed)", Response = typeof(BankPayoutView), Codes = ["bad_signature", "bank_down", "payout_not_found"])]
    public async Task<IResult> AskAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/bank/payouts/{payoutId}")] HttpRequest request,
        string payoutId,
        CancellationToken cancellationToken)
    {
        if (!IsSigned(request, []))
        {
            return Answers.Problem(request, WithdrawalErrors.BadSignature);
        }

        if ((await table.BehaviourAsync(cancellationToken)).Mode == BankMode.Down)
        {
            return Answers.Problem(request, BankErrors.Down);
        }

        return BankPayoutView.IsId(payoutId) && await counter.FindAsync(payoutId, cancellationToken) is { } payout
            ? Answers.Ok(BankPayoutView.Of(payout))
            : Answers.Problem(request, WithdrawalErrors.PayoutNotFound);
    }

    private async Task<Result<BankPayoutRow>> TakeAsync(ReadOnlyMemory<byte> body, BankBehaviour behaviour, CancellationToken cancellationToken)
    {
        var form = JsonForm.Parse(body);
        if (!form.IsOk)
        {
            return form.Error;
        }

        var payoutId = form.Value.RequiredString("payoutId", MaxId);
        var withdrawalId = form.Value.RequiredString("withdrawalId", MaxId);
        var amount = form.Value.RequiredMoney("amount");
        var beneficiary = form.Value.RequiredObject("beneficiary");
        beneficiary.RequiredString("bankCode", 32);
        beneficiary.RequiredString("holderName", 200);
        beneficiary.RequiredString("cardNumber", 32);
        var dueBy = form.Value.OptionalTime("dueBy");
        if (payoutId.Length > 0 && !BankPayoutView.IsId(payoutId))
        {
            form.Value.Fail(FieldErrors.Invalid("payoutId", new("格式有误。", "it is not well formed.")));
        }

        return form.Value.Finish() is { } wrong ? wrong : await counter.TakeAsync(payoutId, withdrawalId, amount, dueBy ?? default, behaviour, cancellationToken);
    }

    private bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body) => BankRequestSignature.IsValid(
        options.RequestKey,
        request.Method,
        request.PathBase + request.Path,
        request.Headers[BankRequestSignature.TimestampHeader],
        request.Headers[BankRequestSignature.SignatureHeader],
        body,
        clock.GetUtcNow());

    private sealed record OrderBody(string PayoutId, string WithdrawalId, Money Amount, BeneficiaryBody Beneficiary, DateTimeOffset? DueBy);

    private sealed record BeneficiaryBody(string BankCode, string HolderName, string CardNumber);
}

/// <summary>A payout as the sandbox's bank shows it.</summary>
internal sealed record BankPayoutView(string PayoutId, string WithdrawalId, Money Amount, BankPayoutState State, string? Reason)
{
    public static BankPayoutView Of(BankPayoutRow row) =>
        new(row.PayoutId, row.WithdrawalId, new Money(row.Amount, Currency.TryParse(row.Currency, out var currency) ? currency : default), row.Stands, row.Reason);

    /// <summary>Whether a text from outside can be a row's key at all.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
