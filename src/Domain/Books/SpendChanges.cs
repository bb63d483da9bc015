using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Books;

/// <summary>Finds what would have been enough for a refused move to pass, by asking the decision itself again.</summary>
public static class SpendChanges
{
    /// <summary>More obstacles than there are kinds of them cannot be met one after the other.</summary>
    private const int MostParts = 12;

    /// <summary>The changes each of which alone is enough, the nearest to the refusal first; where none is, several together.</summary>
    /// <returns>Empty when nothing the decision looks at could have helped, or when it is not a refusal.</returns>
    public static IReadOnlyList<SpendChange> Of(SpendInputs inputs)
    {
        if (Spending.Decide(inputs).Code is null)
        {
            return [];
        }

        SpendChange?[] candidates =
        [
            Edge(inputs), Balance(inputs), LargestAmount(inputs), new SpendChange.Confirm(), Unfreeze(inputs), RaiseOwn(inputs), .. Waits(inputs), .. Classes(inputs),
        ];
        var enough = candidates.OfType<SpendChange>().Where(change => Passes(change.Apply(inputs)) && Changes(change, inputs))
            .DistinctBy(change => change.Kind, StringComparer.Ordinal).ToList();
        return enough.Count > 0 ? enough : Together(inputs) is { } together ? [together] : [];
    }

    /// <summary>The largest amount that passes with all else as it is; null when none does, or the whole amount.</summary>
    public static long? Largest(SpendInputs inputs)
    {
        if (inputs.Amount <= 1 || !Passes(inputs with { Amount = 1 }))
        {
            return null;
        }

        // All that is asked of an amount is asked of every larger one, so what passes ends at one point.
        var (passes, refused) = (1L, inputs.Amount);
        while (refused - passes > 1)
        {
            var middle = passes + ((refused - passes) / 2);
            (passes, refused) = Passes(inputs with { Amount = middle }) ? (middle, refused) : (passes, middle);
        }

        return passes;
    }

    private static bool Passes(SpendInputs inputs) => Spending.Decide(inputs).Code is null;

    private static bool Changes(SpendChange change, SpendInputs inputs) => change is not SpendChange.Confirm || inputs.Confirmed == Confirmation.None;

    private static SpendChange? Edge(SpendInputs inputs)
    {
        if (inputs.Edge is { } edge)
        {
            SpendChange[] answers = [new SpendChange.OtherPayee(), new SpendChange.OtherChannel(), new SpendChange.Confirm(), new SpendChange.Unfreeze(inputs.Freezes)];
            return Array.Find(answers, change => change.Answers.Contains(edge, StringComparer.Ordinal));
        }

        return inputs.IsSelf ? new SpendChange.OtherPayee()
            : inputs.Currency != inputs.BookCurrency ? new SpendChange.OtherCurrency(inputs.BookCurrency)
            : null;
    }

    private static SpendChange.Balance? Balance(SpendInputs inputs)
    {
        var missing = inputs.Amount + Spending.Decide(inputs).Fee.Amount - inputs.Available;
        return missing > 0 ? new SpendChange.Balance(missing) : null;
    }

    private static SpendChange.Amount? LargestAmount(SpendInputs inputs) => Largest(inputs) is { } most ? new SpendChange.Amount(most) : null;

    private static SpendChange.Unfreeze? Unfreeze(SpendInputs inputs) => inputs.Freezes == Freezes.None ? null : new SpendChange.Unfreeze(inputs.Freezes);

    private static SpendChange.RaiseOwnLimit? RaiseOwn(SpendInputs inputs)
    {
        var today = inputs.Usage.At(inputs.At).SpentToday + inputs.Amount;
        var (single, daily) = (inputs.Own.PerTransaction < inputs.Amount, inputs.Own.Daily < today);
        return single || daily
            ? new SpendChange.RaiseOwnLimit(new OwnLimits(single ? inputs.Amount : inputs.Own.PerTransaction, daily ? today : inputs.Own.Daily))
            : null;
    }

    private static IEnumerable<SpendChange.Wait> Waits(SpendInputs inputs)
    {
        var today = Shanghai.DayOf(inputs.At);
        var night = inputs.Rules[inputs.Class].Risk.NightUntil;
        var month = new DateOnly(today.Year, today.Month, 1).AddMonths(1);
        var usage = inputs.Usage.At(inputs.At);
        var moments = new List<DateTimeOffset>
        {
            Shanghai.At(today, night), Shanghai.At(today.AddDays(1), night), Midnight(today.AddDays(1)), Midnight(month), Midnight(new DateOnly(today.Year + 1, 1, 1)),
        };
        if (usage.WindowStart != 0)
        {
            moments.Add(DateTimeOffset.FromUnixTimeSeconds(usage.WindowStart) + Usage.Window);
        }

        return moments.Where(moment => moment > inputs.At).Order().Select(moment => new SpendChange.Wait(moment));
    }

    private static IEnumerable<SpendChange.RaiseClass> Classes(SpendInputs inputs) =>
        Enum.GetValues<AccountClass>().Where(@class => @class > inputs.Class).Select(@class => new SpendChange.RaiseClass(@class));

    /// <summary>Takes one obstacle after the other out of the way, in the order in which the decision meets them.</summary>
    private static SpendChange.Combined? Together(SpendInputs inputs)
    {
        var (now, parts) = (inputs, new List<SpendChange>());
        while (parts.Count < MostParts)
        {
            if (Passes(now))
            {
                return new SpendChange.Combined(parts);
            }

            if (Remedy(now) is not { } remedy)
            {
                return null;
            }

            parts.Add(remedy);
            now = remedy.Apply(now);
        }

        return null;
    }

    private static SpendChange? Remedy(SpendInputs inputs)
    {
        var limits = inputs.Rules[inputs.Class].Limits;
        var tomorrow = Shanghai.DayOf(inputs.At).AddDays(1);
        return Spending.Decide(inputs).Code switch
        {
            _ when Edge(inputs) is { } edge => edge,
            "account_frozen" or "wallet_frozen" => Unfreeze(inputs),
            "insufficient_funds" => Balance(inputs),
            "own_limit" => RaiseOwn(inputs),
            "confirmation_required" => new SpendChange.Confirm(),
            "limit_per_transaction" => Down(limits.PerTransaction),
            "limit_daily" => inputs.Amount > limits.Daily ? Down(limits.Daily) : new SpendChange.Wait(Midnight(tomorrow)),
            "limit_yearly" => inputs.Amount > limits.Yearly ? Down(limits.Yearly) : new SpendChange.Wait(Midnight(new DateOnly(tomorrow.AddDays(-1).Year + 1, 1, 1))),
            "limit_lifetime" => inputs.Class < AccountClass.III ? new SpendChange.RaiseClass(inputs.Class + 1) : null,
            _ => null,
        };

        static SpendChange.Amount? Down(long? most) => most > 0 ? new SpendChange.Amount(most.Value) : null;
    }

    private static DateTimeOffset Midnight(DateOnly day) => Shanghai.At(day, TimeOnly.MinValue);
}
