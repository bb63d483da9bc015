using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Books;

/// <summary>One thing that would have been enough for a refused move to pass. A closed set: the nested records.</summary>
public abstract record SpendChange
{
    private SpendChange()
    {
    }

    /// <summary>The refusals from before the book was asked that this change answers; any other stays.</summary>
    internal virtual IReadOnlyList<string> Answers => [];

    /// <summary>Its stable name, in snake_case.</summary>
    public abstract string Kind { get; }

    /// <summary>The inputs with this change made.</summary>
    public abstract SpendInputs Apply(SpendInputs inputs);

    /// <summary>Move less.</summary>
    /// <param name="Most">The largest amount that passes, in minor units: one more is refused.</param>
    public sealed record Amount(long Most) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "amount";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Amount = Most };
    }

    /// <summary>Have more money.</summary>
    /// <param name="Missing">How much is missing, in minor units, the fee included.</param>
    public sealed record Balance(long Missing) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "balance";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Available = inputs.Available + Missing };
    }

    /// <summary>Wait.</summary>
    /// <param name="Until">The earliest of the moments at which a counter begins anew or the night ends, if all else stays as it is.</param>
    public sealed record Wait(DateTimeOffset Until) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "wait";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { At = Until };
    }

    /// <summary>Confirm the move.</summary>
    public sealed record Confirm : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "confirm";

        internal override IReadOnlyList<string> Answers => ["confirmation_required", "confirmation_wrong"];

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Confirmed = Confirmation.Code, Edge = EdgeAfter(inputs) };
    }

    /// <summary>Have the wallet unfrozen.</summary>
    /// <param name="HeldBy">Who holds it frozen.</param>
    public sealed record Unfreeze(Freezes HeldBy) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "unfreeze";

        internal override IReadOnlyList<string> Answers => ["account_frozen", "wallet_frozen"];

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Freezes = Freezes.None, Edge = EdgeAfter(inputs) };
    }

    /// <summary>Raise one's own limits.</summary>
    /// <param name="To">The least that is enough.</param>
    public sealed record RaiseOwnLimit(OwnLimits To) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "raise_own_limit";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Own = To };
    }

    /// <summary>Have the identity verified further.</summary>
    /// <param name="To">The lowest class that is enough.</param>
    public sealed record RaiseClass(AccountClass To) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "raise_class";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Class = To };
    }

    /// <summary>Name another payee, or the right name.</summary>
    public sealed record OtherPayee : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "payee";

        internal override IReadOnlyList<string> Answers => ["payee_not_found", "payee_name_mismatch", "payee_is_self", "merchant_restricted"];

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { IsSelf = false, Edge = EdgeAfter(inputs) };
    }

    /// <summary>Use another channel or card.</summary>
    public sealed record OtherChannel : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "channel";

        internal override IReadOnlyList<string> Answers => ["channel_unsupported", "channel_unavailable", "card_declined", "card_details_outdated", "card_insufficient_funds"];

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Edge = EdgeAfter(inputs) };
    }

    /// <summary>Use the wallet's currency.</summary>
    /// <param name="Code">Its code.</param>
    public sealed record OtherCurrency(string Code) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "currency";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => inputs with { Currency = Code };
    }

    /// <summary>Several together, where no single one is enough.</summary>
    /// <param name="Parts">In the order in which each was in the way.</param>
    public sealed record Combined(IReadOnlyList<SpendChange> Parts) : SpendChange
    {
        /// <inheritdoc/>
        public override string Kind => "combined";

        /// <inheritdoc/>
        public override SpendInputs Apply(SpendInputs inputs) => Parts.Aggregate(inputs, (changed, part) => part.Apply(changed));
    }

    private string? EdgeAfter(SpendInputs inputs) => inputs.Edge is { } edge && Answers.Contains(edge, StringComparer.Ordinal) ? null : inputs.Edge;
}
