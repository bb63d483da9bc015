using System.Net;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>The bank over HTTP: <c>POST payouts</c>, <c>GET payouts/{id}</c>, <c>POST voids</c>, <c>GET files/{day}</c>. Tries once; the orchestration decides about again.</summary>
internal sealed class HttpBank(PartnerClient bank) : IBank
{
    private const string Void = "void";

    public async Task<SubmitAnswer> SubmitAsync(PayoutOrder order, CancellationToken cancellationToken)
    {
        var body = new OrderBody(
            order.PayoutId, order.WithdrawalId.Value, new(order.Amount.Amount, order.Amount.Currency.Code),
            new(order.Card.BankCode, order.Card.HolderName, order.Card.CardNumber), order.DueBy);
        var answer = await bank.PostAsync("payouts", body, order.At, cancellationToken);
        var kind = answer.AsTaking();
        return new SubmitAnswer(kind, kind == SubmitAnswerKind.Refused ? PartnerClient.Cut(answer.Words?.Code, BankWord.MaxReason) : null);
    }

    public async Task<StatusAnswer> AskAsync(string payoutId, CancellationToken cancellationToken)
    {
        var answer = await bank.GetAsync($"payouts/{Uri.EscapeDataString(payoutId)}", cancellationToken);
        var kind = answer.AsStanding("payout_not_found", state => OutcomeOf(state) is not null);
        return new StatusAnswer(
            kind, kind == StatusAnswerKind.Decided ? new BankWord(OutcomeOf(answer.Words!.State)!.Value, PartnerClient.Cut(answer.Words.Reason, BankWord.MaxReason)) : null);
    }

    public async Task<bool> VoidAsync(string payoutId, CancellationToken cancellationToken)
    {
        var answer = await bank.PostAsync("voids", new VoidBody(payoutId), at: null, cancellationToken);
        return answer is { Reach: Reach.Answered, Status: HttpStatusCode.OK, Words.State: Void };
    }

    public IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken) => bank.DailyFileAsync(day, cancellationToken);

    private static PayoutOutcome? OutcomeOf(string? state) => state switch
    {
        "settled" => PayoutOutcome.Settled,
        "rejected" => PayoutOutcome.Rejected,
        "returned" => PayoutOutcome.Returned,
        Void => PayoutOutcome.Voided,
        _ => null,
    };

    private sealed record OrderBody(string PayoutId, string WithdrawalId, AmountBody Amount, BeneficiaryBody Beneficiary, DateTimeOffset DueBy);

    private sealed record VoidBody(string PayoutId);

    private sealed record AmountBody(long Amount, string Currency);

    private sealed record BeneficiaryBody(string BankCode, string HolderName, string CardNumber);
}
