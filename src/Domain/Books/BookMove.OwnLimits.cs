using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;

namespace WalletFunctions.Domain.Books;

/// <content>The limits that customers set for themselves.</content>
public abstract partial record BookMove
{
    /// <summary>Changes the customer's own limits, at once. Lowering needs nothing; raising or lifting needs a confirmation, which is decided here, so that no race gets around it.</summary>
    /// <param name="Change">What changes.</param>
    /// <param name="Confirmed">How the customer has confirmed it.</param>
    public sealed record ChangeOwnLimits(OwnLimitsChange Change, Confirmation Confirmed) : BookMove
    {
        internal override Result<Decision> Decide(BookHead head, Step step) => Confirmed == Confirmation.None && Change.Raises(head.Own)
            ? LedgerErrors.ConfirmationRequired
            : new Decision(head with { Own = Change.Apply(head.Own) }, null);
    }
}
