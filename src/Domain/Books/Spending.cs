using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Books;

/// <summary>Everything that decides whether money may move, at the moment it was decided: kept with a refusal, so that it can be decided again.</summary>
public sealed record SpendInputs
{
    /// <summary>What is done.</summary>
    public required OperationKind Operation { get; init; }

    /// <summary>The account's class.</summary>
    public required AccountClass Class { get; init; }

    /// <summary>Minor units, above zero, without the fee.</summary>
    public required long Amount { get; init; }

    /// <summary>The amount's currency.</summary>
    public required string Currency { get; init; }

    /// <summary>The book's currency.</summary>
    public required string BookCurrency { get; init; }

    /// <summary>The moment.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was available, in minor units.</summary>
    public required long Available { get; init; }

    /// <summary>Whether the book was closed.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Who held it frozen.</summary>
    public Freezes Freezes { get; init; }

    /// <summary>The counters.</summary>
    public required Usage Usage { get; init; }

    /// <summary>The customer's own limits.</summary>
    public required OwnLimits Own { get; init; }

    /// <summary>Whether payer and payee were one.</summary>
    public bool IsSelf { get; init; }

    /// <summary>Whether the payee, or the bank card of a withdrawal, was not among the latest.</summary>
    public bool IsNewPayee { get; init; }

    /// <summary>Whether the device was not among the latest, while others were.</summary>
    public bool IsNewDevice { get; init; }

    /// <summary>How it was confirmed.</summary>
    public Confirmation Confirmed { get; init; }

    /// <summary>The rules for this operation.</summary>
    public required OperationRules Rules { get; init; }

    /// <summary>The code it was refused with before the book was asked (an unknown payee, a channel that is off); null: the book decided.</summary>
    public string? Edge { get; init; }
}

/// <summary>What was decided.</summary>
/// <param name="Code">The refusal's code; null when the money may move, or may once a person has looked at it.</param>
/// <param name="Fee">The fee.</param>
/// <param name="Risk">What the risk rules said; they are asked last.</param>
public sealed record SpendVerdict(string? Code, Fee Fee, RiskVerdict Risk)
{
    /// <summary>Whether a person must look at it first.</summary>
    public bool UnderReview => Code is null && Risk.Action == RiskAction.Review;
}

/// <summary>The decision over money that leaves. Pure, so that a refusal can be decided again, and asked what would have passed.</summary>
public static class Spending
{
    /// <summary>How long a move may wait for a person.</summary>
    public static readonly TimeSpan ReviewTime = TimeSpan.FromDays(1);

    /// <summary>Decides. The order is part of the contract: what is asked first is what a customer is told.</summary>
    public static SpendVerdict Decide(SpendInputs inputs)
    {
        var rules = inputs.Rules[inputs.Class];
        var usage = inputs.Usage.At(inputs.At);
        var isTopUp = inputs.Operation == OperationKind.TopUp;
        var fee = isTopUp ? default : rules.Fee?.For(inputs.Amount, usage) ?? default;
        if (Before(inputs) is { } early)
        {
            return new SpendVerdict(early, fee, RiskVerdict.Allow);
        }

        if (!isTopUp && inputs.Amount + fee.Amount > inputs.Available)
        {
            return new SpendVerdict(LedgerErrors.InsufficientFunds.Code, fee, RiskVerdict.Allow);
        }

        if (rules.Limits.Check(inputs.Operation, inputs.Amount, usage, inputs.Own) is { } limit)
        {
            return new SpendVerdict(limit.Code, fee, RiskVerdict.Allow);
        }

        var risk = isTopUp ? RiskVerdict.Allow : Assess(inputs, rules.Risk, usage);
        return new SpendVerdict(risk.Action == RiskAction.Confirm ? LedgerErrors.ConfirmationRequired.Code : null, fee, risk);
    }

    private static string? Before(SpendInputs inputs) => inputs switch
    {
        { Edge: { } edge } => edge,
        _ when inputs.Currency != inputs.BookCurrency => LedgerErrors.CurrencyMismatch.Code,
        { IsSelf: true } => LedgerErrors.PayeeIsSelf.Code,
        { IsClosed: true } => LedgerErrors.WalletFrozen.Code,
        _ when (inputs.Freezes & (Freezes.ByCustomer | Freezes.ByStaff)) != Freezes.None => LedgerErrors.AccountFrozen.Code,
        { Freezes: not Freezes.None } => LedgerErrors.WalletFrozen.Code,
        _ => null,
    };

    private static RiskVerdict Assess(SpendInputs inputs, RiskThresholds thresholds, Usage usage)
    {
        var isToCard = inputs.Operation == OperationKind.Withdrawal;
        return thresholds.Assess(new RiskFacts(inputs.Class, inputs.Amount, usage.UnconfirmedToday, inputs.IsNewPayee && !isToCard, inputs.IsNewDevice,
            Shanghai.TimeOf(inputs.At), usage.WindowMoves, usage.WindowAmount, inputs.Confirmed != Confirmation.None) { IsNewCard = inputs.IsNewPayee && isToCard });
    }
}
