using System.Globalization;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>
/// A partner of the sandbox, behind real HTTP as the real one would be: takes orders, each id once, decides them by its
/// behaviour or on command, and calls back. The bank and the acquirer differ in words alone.
/// </summary>
public abstract class SandboxPartner
{
    private readonly TimeProvider clock;
    private readonly MachineClock machine;

    private protected SandboxPartner(PartnerTable table, PartnerOptions options, TimeProvider clock, MachineClock machine) =>
        (Table, Options, this.clock, this.machine) = (table, options, clock, machine);

    internal PartnerTable Table { get; }

    internal PartnerOptions Options { get; }

    /// <summary>Carries its callbacks; set once, by the postman itself.</summary>
    internal PartnerPostman Postman { get; set; } = null!;

    /// <summary>The refusals in this partner's words: out of service, no such order, already decided, known with another amount.</summary>
    internal abstract (DomainError Down, DomainError NotFound, DomainError Decided, DomainError Differs) Errors { get; }

    /// <summary>How soon it decides, in seconds of the business clock, unless told otherwise.</summary>
    internal abstract int UsualSeconds { get; }

    /// <summary>An order as this partner shows it.</summary>
    internal abstract object ViewOf(OrderRow order);

    /// <summary>The body of a callback.</summary>
    internal abstract object BodyOf(CallbackRow callback);

    /// <summary>The reason it gives of itself.</summary>
    internal abstract string? UsualReason(OrderState state);

    /// <summary>Whether a request is ours and fresh.</summary>
    internal bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body) => RequestSignature.IsValid(
        Options.RequestKey,
        request.Method,
        request.PathBase + request.Path,
        request.Headers[RequestSignature.TimestampHeader],
        request.Headers[RequestSignature.SignatureHeader],
        body,
        machine.GetUtcNow());

    internal async Task<PartnerBehaviour> BehaviourAsync(CancellationToken cancellationToken) =>
        await Table.BehaviourAsync(cancellationToken) ?? PartnerBehaviour.Of(PartnerMode.Settle, null, UsualSeconds);

    /// <summary>Takes an order; the same id again is the same order.</summary>
    internal async Task<Result<OrderRow>> TakeAsync(
        string orderId, string? reference, Money amount, DateTimeOffset? dueBy, PartnerBehaviour behaviour, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var decision = behaviour.Decide(now, dueBy ?? now);
        var order = new OrderRow
        {
            OrderId = orderId,
            Reference = reference,
            Amount = amount.Amount,
            Currency = amount.Currency.Code,
            TakenAt = now,
            Becomes = decision?.State.ToString(),
            BecomesAt = decision?.At,
            BecomesReason = decision?.State == OrderState.Rejected ? behaviour.Reason : null,
        };
        if (await Table.AddAsync(order, cancellationToken))
        {
            if (decision is { } known)
            {
                Postman.Expect(known.At - now);
            }

            return order;
        }

        var taken = await Table.FindAsync(orderId, cancellationToken) ?? throw new InvalidOperationException("An order was taken and is not there.");
        return taken.Stands != OrderState.Void && taken.Amount == amount.Amount && taken.Currency == amount.Currency.Code ? taken : Errors.Differs;
    }

    /// <summary>An order as it stands now; one whose time has come is decided on the spot.</summary>
    internal async Task<OrderRow?> FindAsync(string orderId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var order = await Table.FindAsync(orderId, cancellationToken);
            var isDue = order is { Stands: OrderState.Pending } && order.BecomesAt <= clock.GetUtcNow();
            if (!isDue || await DecideAsync(order!, Enum.Parse<OrderState>(order!.Becomes!), order.BecomesReason, null, cancellationToken))
            {
                return order;
            }
        }
    }

    /// <summary>Decides at once, as the developer says, and calls back; said again, it calls back again.</summary>
    internal async Task<Result<OrderRow>> CommandAsync(string orderId, OrderState wanted, string? reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            var order = await Table.FindAsync(orderId, cancellationToken);
            if (order is null)
            {
                return Errors.NotFound;
            }

            var before = wanted == OrderState.Returned ? OrderState.Settled : OrderState.Pending;
            if (order.Stands != wanted && order.Stands != before)
            {
                return Errors.Decided;
            }

            if (await DecideAsync(order, wanted, reason, null, cancellationToken))
            {
                return order;
            }
        }
    }

    /// <summary>Decides an order whose time has come.</summary>
    internal async Task DecideDueAsync(DueRow due, CancellationToken cancellationToken)
    {
        var order = await Table.FindAsync(due.OrderId, cancellationToken);
        if (order is { Stands: OrderState.Pending, Becomes: { } becomes })
        {
            await DecideAsync(order, Enum.Parse<OrderState>(becomes), order.BecomesReason, due, cancellationToken);
        }
        else
        {
            // Decided in the meantime, by command or because somebody asked.
            await Table.RemoveAsync(due, cancellationToken);
        }
    }

    private async Task<bool> DecideAsync(OrderRow order, OrderState state, string? reason, DueRow? due, CancellationToken cancellationToken)
    {
        order.State = state.ToString();
        order.Reason = reason ?? UsualReason(state);
        (order.Becomes, order.BecomesAt, order.BecomesReason) = (null, null, null);
        order.SettledAt ??= state == OrderState.Settled ? clock.GetUtcNow() : null;
        order.ReturnedAt ??= state == OrderState.Returned ? clock.GetUtcNow() : null;
        var now = machine.GetUtcNow();
        var callback = new CallbackRow
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"msg_{now.UtcTicks:D19}_{order.OrderId}"),
            OrderId = order.OrderId,
            Outcome = state.ToString().ToLowerInvariant(),
            Reason = order.Reason,
            Attempts = 1,
            NextAttemptAt = now + PartnerPostman.PauseAfter(1),
        };
        if (!await Table.DecideAsync(order, callback, due, cancellationToken))
        {
            return false;
        }

        Postman.Send(callback);
        return true;
    }
}
