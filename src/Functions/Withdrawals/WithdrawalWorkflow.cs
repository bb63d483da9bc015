using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Wallet;
using WalletFunctions.Withdrawals.Bank;
using WalletFunctions.Workflows;

namespace WalletFunctions.Withdrawals;

/// <summary>Withdrawals as operators see them.</summary>
internal sealed class WithdrawalWorkflow(
    WithdrawalTable table, Ledger ledger, IBank bank, WithdrawalReviews reviews, WithdrawalNews news, TimeProvider clock, MachineClock machine) : IWorkflowKind
{
    /// <summary>Why a hold was given back.</summary>
    private const string Reason = "stopped_by_staff";

    /// <summary>An order is signed with its time, and the bank takes none older than <see cref="RequestSignature.Window"/>; twice that leaves room for its clock.</summary>
    private static readonly TimeSpan Stale = 2 * RequestSignature.Window;

    public string Kind => "withdrawal";

    public string IdPrefix => WithdrawalId.Prefix;

    public bool IsId(string text) => Id.TryParse<WithdrawalId>(text, out _);

    public async Task<WorkflowFacts?> FindAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        await StoredAsync(instance, cancellationToken) is { Withdrawal: var withdrawal }
            ? new WorkflowFacts(withdrawal.Status.Name(), withdrawal.Status.IsOpen(), withdrawal.RequestedAt, withdrawal.Overdue)
            : null;

    public async Task RestartAsync(OrchestrationMetadata instance, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await StoredAsync(instance, cancellationToken) is { } stored)
        {
            await WithdrawalStarts.RestartAsync(durable, stored.Withdrawal, cancellationToken);
        }
    }

    /// <summary>Gives the money back, unless the bank has the order or may have it.</summary>
    /// <remarks>
    /// Row and hold change together on the row's ETag, and an order leaves only after the row says so: whoever is about to
    /// send one finds the row changed. One that has left is no danger once its signature is too old for the bank to take it.
    /// </remarks>
    public async Task<DomainError?> CompensateAsync(OrchestrationMetadata instance, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await StoredAsync(instance, cancellationToken) is not { } stored)
            {
                return null;
            }

            var withdrawal = stored.Withdrawal;
            var stopped = withdrawal.Stop(await IsProvenAbsentAsync(withdrawal, cancellationToken), clock.GetUtcNow());
            if (!stopped.IsOk)
            {
                return stopped.Error;
            }

            if (ReferenceEquals(stopped.Value, withdrawal))
            {
                await reviews.CloseAsync(withdrawal, cancellationToken);

                // By this attempt, or by a first one that could not tell the customer; told again, it is the same message.
                await news.TellAsync(withdrawal, withdrawal.Timeline.Count - 1, cancellationToken);
                return null;
            }

            var command = BookCommand.ReleaseHold($"{withdrawal.Id}:release", withdrawal.Id.Value, Reason) with
            {
                Companions = _ => [WithdrawalTable.Replacing(stopped.Value, stored.ETag)],
            };
            switch (await ledger.ExecuteAsync(withdrawal.WalletId, command, cancellationToken))
            {
                case Outcome.Refused { Error: { } error }:
                    throw new InvalidOperationException($"The ledger refused {command.OperationId}: {error.Code}.");
                default:
                    // Done, or the row has changed, or was given back before: it tells.
                    continue;
            }
        }
    }

    private async Task<bool> IsProvenAbsentAsync(Withdrawal withdrawal, CancellationToken cancellationToken) =>
        withdrawal is { PayoutId: { } payout, InFlight: true, OrderedAt: { } at } && machine.GetUtcNow() - at > Stale
            && (await bank.AskAsync(payout, cancellationToken)).Kind == StatusAnswerKind.NotKnown;

    private async Task<StoredWithdrawal?> StoredAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        instance.ReadInputAs<WithdrawalRun>() is { } run
            ? await table.FindAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken)
            : null;
}
