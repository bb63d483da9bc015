using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.TopUps.Acquirer;

/// <summary>The acquirer over HTTP: <c>POST charges</c>, <c>GET charges/{id}</c>, <c>GET files/{day}</c>. Tries once; whoever charges decides about again.</summary>
internal sealed class HttpAcquirer(PartnerClient acquirer) : IAcquirer
{
    public async Task<ChargeAnswer> ChargeAsync(ChargeOrder order, CancellationToken cancellationToken)
    {
        var body = new ChargeBody(
            order.ChargeId.Value, new(order.Amount.Amount, order.Amount.Currency.Code), new(order.Card.BankCode, order.Card.HolderName, order.Card.CardNumber));
        var answer = await acquirer.PostAsync("charges", body, at: null, cancellationToken);
        var kind = answer.AsTaking();
        return new ChargeAnswer(kind, kind switch
        {
            SubmitAnswerKind.Taken => WordOf(answer.Words),
            SubmitAnswerKind.Refused => new ChargeWord(ChargeOutcome.Rejected, Cut(answer.Words?.Reason ?? answer.Words?.Code)),
            SubmitAnswerKind.NotTaken or SubmitAnswerKind.Unknown => null,
        });
    }

    public async Task<ChargeStanding> AskAsync(TopUpId chargeId, CancellationToken cancellationToken)
    {
        var answer = await acquirer.GetAsync($"charges/{chargeId}", cancellationToken);
        var kind = answer.AsStanding("charge_not_found", state => OutcomeOf(state) is not null);
        return new ChargeStanding(kind, kind == StatusAnswerKind.Decided ? WordOf(answer.Words) : null);
    }

    public IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken) => acquirer.DailyFileAsync(day, cancellationToken);

    private static ChargeWord? WordOf(PartnerWords? words) =>
        OutcomeOf(words?.State) is { } outcome ? new ChargeWord(outcome, Cut(words!.Reason)) : null;

    private static ChargeOutcome? OutcomeOf(string? state) => state switch
    {
        "settled" => ChargeOutcome.Settled,
        "rejected" => ChargeOutcome.Rejected,
        _ => null,
    };

    private static string? Cut(string? reason) => PartnerClient.Cut(reason, ChargeWord.MaxReason);

    private sealed record ChargeBody(string ChargeId, AmountBody Amount, CardBody Card);

    private sealed record AmountBody(long Amount, string Currency);

    private sealed record CardBody(string BankCode, string HolderName, string CardNumber);
}
