using System.Text.Json.Serialization;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Wallet.Attempts;

/// <summary>A refused order, as its owner sees it.</summary>
internal sealed record AttemptView(string RequestId, string Code, DateTimeOffset At, string Operation, Money Amount)
{
    public static AttemptView Of(AttemptRow row) => new(
        row.RequestId, row.Code, row.At, ((OperationKind)row.Operation).Name(), new Money(row.Amount, Currency.TryParse(row.Currency, out var currency) ? currency : Currency.Cny));
}

/// <summary>Why it was refused.</summary>
/// <param name="Inputs">What the decision looked at; null where it never came to a decision.</param>
/// <param name="Replayed">What the decision says to them now; null code: it would pass.</param>
/// <param name="Changes">Each alone is enough.</param>
/// <param name="Text">In the caller's language.</param>
internal sealed record WhyView(
    string RequestId,
    string Code,
    DateTimeOffset At,
    string Operation,
    Money Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] InputsView? Inputs,
    WhyView.Decided Replayed,
    IReadOnlyList<ChangeView> Changes,
    string Text)
{
    public static WhyView Of(AttemptRow row, InputsView? inputs, Decided replayed, IReadOnlyList<ChangeView> changes, string text)
    {
        var attempt = AttemptView.Of(row);
        return new WhyView(attempt.RequestId, attempt.Code, attempt.At, attempt.Operation, attempt.Amount, inputs, replayed, changes, text);
    }

    internal sealed record Decided([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
}

/// <summary>A change that would have been enough.</summary>
/// <param name="Kind">See <see cref="SpendChange.Kind"/>.</param>
/// <param name="Amount">Of <c>amount</c> the most that passes, of <c>balance</c> what is missing.</param>
/// <param name="Until">Of <c>wait</c>.</param>
/// <param name="Class">Of <c>raise_class</c>.</param>
/// <param name="PerTransaction">Of <c>raise_own_limit</c>.</param>
/// <param name="Daily">Of <c>raise_own_limit</c>.</param>
/// <param name="Parts">Of <c>combined</c>.</param>
/// <param name="Text">What to do, in the caller's language.</param>
internal sealed record ChangeView(
    string Kind, Money? Amount, DateTimeOffset? Until, string? Class, Money? PerTransaction, Money? Daily, IReadOnlyList<ChangeView>? Parts, string Text)
{
    public static ChangeView Of(SpendChange change, string currency, Language language)
    {
        var plain = new ChangeView(change.Kind, null, null, null, null, null, null, Explanation.Describe(change).In(language));
        Money? In(long? amount) => amount is { } fen && Currency.TryParse(currency, out var known) ? new Money(fen, known) : null;
        return change switch
        {
            SpendChange.Amount less => plain with { Amount = In(less.Most) },
            SpendChange.Balance more => plain with { Amount = In(more.Missing) },
            SpendChange.Wait wait => plain with { Until = wait.Until },
            SpendChange.RaiseClass raised => plain with { Class = raised.To.ToString() },
            SpendChange.RaiseOwnLimit own => plain with { PerTransaction = In(own.To.PerTransaction), Daily = In(own.To.Daily) },
            SpendChange.Combined all => plain with { Parts = [.. all.Parts.Select(part => Of(part, currency, language))] },
            _ => plain,
        };
    }
}
