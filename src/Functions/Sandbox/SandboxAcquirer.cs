using WalletFunctions.Domain;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.TopUps.Acquirer;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox's acquirer: its orders are charges of bank cards.</summary>
public sealed class SandboxAcquirer : SandboxPartner
{
    internal const string TableName = "sandboxacquirer";

    internal SandboxAcquirer(Storage storage, AcquirerOptions options, TimeProvider clock, MachineClock machine)
        : base(new PartnerTable(storage, TableName), options, clock, machine)
    {
    }

    internal override (DomainError Down, DomainError NotFound, DomainError Decided, DomainError Differs) Errors =>
        (SandboxErrors.AcquirerDown, TopUpErrors.ChargeNotFound, SandboxErrors.ChargeDecided, SandboxErrors.ChargeDiffers);

    /// <summary>Cards answer while the customer waits.</summary>
    internal override int UsualSeconds => 0;

    internal override object ViewOf(OrderRow order) => ChargeView.Of(order);

    internal override object BodyOf(CallbackRow callback) => new ChargeCallbackBody(callback.OrderId, callback.Outcome, callback.Reason);

    internal override string? UsualReason(OrderState state) => state == OrderState.Rejected ? "card_declined" : null;

    private sealed record ChargeCallbackBody(string ChargeId, string Outcome, string? Reason);
}

/// <summary>A charge as the sandbox's acquirer shows it.</summary>
internal sealed record ChargeView(string ChargeId, Money Amount, OrderState State, string? Reason)
{
    public static ChargeView Of(OrderRow row) => new(row.OrderId, PartnerHttp.AmountOf(row), row.Stands, row.Reason);
}
