using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.Withdrawals.Bank;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox's bank: its orders are payouts.</summary>
public sealed class SandboxBank : SandboxPartner
{
    internal const string TableName = "sandboxbank";

    private readonly TimeProvider clock;

    internal SandboxBank(Storage storage, BankOptions options, TimeProvider clock, MachineClock machine)
        : base(new PartnerTable(storage, TableName), options, clock, machine) => this.clock = clock;

    internal override (DomainError Down, DomainError NotFound, DomainError Decided, DomainError Differs) Errors =>
        (SandboxErrors.BankDown, WithdrawalErrors.PayoutNotFound, SandboxErrors.PayoutDecided, SandboxErrors.PayoutDiffers);

    /// <summary>Long enough to see a payout submitted, short enough to wait for.</summary>
    internal override int UsualSeconds => 2;

    internal override object ViewOf(OrderRow order) => BankPayoutView.Of(order);

    internal override object BodyOf(CallbackRow callback) => new BankCallbackBody(callback.OrderId, callback.Outcome, callback.Reason);

    internal override string? UsualReason(OrderState state) => state switch
    {
        OrderState.Rejected => "account_closed",
        OrderState.Returned => "name_mismatch",
        OrderState.Pending or OrderState.Settled or OrderState.Void => null,
    };

    /// <summary>Takes the place of an order that is not there, so that none with its id can be taken any more.</summary>
    internal async Task<Result<OrderRow>> VoidAsync(string payoutId, CancellationToken cancellationToken)
    {
        var place = new OrderRow { OrderId = payoutId, Currency = Currency.Cny.Code, State = nameof(OrderState.Void), TakenAt = clock.GetUtcNow() };
        if (await Table.AddAsync(place, cancellationToken))
        {
            return place;
        }

        return await FindAsync(payoutId, cancellationToken) is { Stands: OrderState.Void } before ? before : SandboxErrors.PayoutTaken;
    }

    /// <summary>Loses an order that it has taken and not decided, as no bank should.</summary>
    internal async Task<Result<OrderRow>> LoseAsync(string payoutId, CancellationToken cancellationToken)
    {
        if (await Table.FindAsync(payoutId, cancellationToken) is not { } order)
        {
            return Errors.NotFound;
        }

        if (order.Stands != OrderState.Pending)
        {
            return Errors.Decided;
        }

        await Table.RemoveAsync(order, cancellationToken);
        return order;
    }

    private sealed record BankCallbackBody(string PayoutId, string Outcome, string? Reason);
}

/// <summary>A payout as the sandbox's bank shows it.</summary>
internal sealed record BankPayoutView(string PayoutId, string? WithdrawalId, Money Amount, OrderState State, string? Reason)
{
    public static BankPayoutView Of(OrderRow row) => new(row.OrderId, row.Reference, PartnerHttp.AmountOf(row), row.Stands, row.Reason);
}
