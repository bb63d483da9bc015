using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Reviews;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>Finishes what a request began and could not end: money set aside gets its orchestration, anything else can no longer happen.</summary>
/// <remarks>Only a function can be given the Durable client, so the sweep leaves a message to one.</remarks>
internal sealed class WithdrawalSweeper(
    WithdrawalTable table, ReviewBoard board, PayoutDesk desk, WithdrawalNews news, Ledger ledger, Storage storage) : IIntentSweeper
{
    public const string IntentKind = "withdrawal";

    public string Kind => IntentKind;

    public async Task<bool> SweepAsync(Intent intent, CancellationToken cancellation)
    {
        var id = WithdrawalId.Of(intent.OperationId);
        var stored = await table.FindAsync(intent.Book, id, cancellation);
        if (stored is null && await ledger.TombstoneAsync(intent.Book, intent.OperationId, cancellation))
        {
            return true;
        }

        // Not there a moment ago, and yet not to be forbidden: it was written in between.
        stored ??= await table.FindAsync(intent.Book, id, cancellation);
        if (stored is { Withdrawal: var withdrawal } && !withdrawal.Status.IsOpen())
        {
            // It ended where perhaps no orchestration lived to say so; said again, it is the same.
            await news.TellAsync(await desk.ClosedAsync(withdrawal, cancellation), told: 0, cancellation);
        }
        else if (stored is { Withdrawal: var open } && !await IsAtWorkAsync(open, cancellation))
        {
            await WithdrawalStarter.LeaveMessageAsync(storage, open, wakes: false, cancellation);

            // A message is a doorbell, and may be lost: the intent goes once the withdrawal is seen to move.
            return false;
        }

        return true;
    }

    /// <summary>Whether its orchestration has left a trace, or is needed no more.</summary>
    private async Task<bool> IsAtWorkAsync(Withdrawal withdrawal, CancellationToken cancellation) => withdrawal.Status switch
    {
        WithdrawalStatus.Reserved => withdrawal.MayBeAtBank,
        WithdrawalStatus.InReview => await board.FindAsync(WithdrawalReviews.IdOf(withdrawal.Id), cancellation) is not null,
        _ => true,
    };
}

/// <summary>A withdrawal whose orchestration may be missing, or asleep.</summary>
/// <param name="WalletId">Whose it is.</param>
/// <param name="WithdrawalId">Which.</param>
/// <param name="Wakes">Whether there is something to do for one that sleeps. The sweep only looks for missing ones, again and again while an account is frozen. What older builds left does not say, and may come of an unfreezing.</param>
public sealed record WithdrawalStart(string WalletId, string WithdrawalId, bool Wakes = true);

/// <summary>Starts the orchestrations that the sweep found missing, and wakes those that sleep although there is something to do.</summary>
public sealed class WithdrawalStarter
{
    internal const string Name = "withdrawal-starts";

    private readonly WithdrawalTable table;

    public WithdrawalStarter(Storage storage) => table = new WithdrawalTable(storage);

    internal static Task LeaveMessageAsync(Storage storage, Withdrawal withdrawal, bool wakes, CancellationToken cancellationToken) =>
        storage.Queue(Name).SendMessageAsync(JsonSerializer.Serialize(new WithdrawalStart(withdrawal.WalletId.Value, withdrawal.Id.Value, wakes)), cancellationToken);

    [Function("StartWithdrawal")]
    public async Task RunAsync([QueueTrigger(Name)] WithdrawalStart start, [DurableClient] DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var stored = await table.GetAsync(WalletId.Of(start.WalletId), WithdrawalId.Of(start.WithdrawalId), cancellationToken);
        if (!await WithdrawalStarts.StartAsync(durable, stored.Withdrawal, cancellationToken) && start.Wakes)
        {
            await WithdrawalStarts.RingAsync(durable, stored.Withdrawal.Id, "woken", cancellationToken);
        }
    }
}
