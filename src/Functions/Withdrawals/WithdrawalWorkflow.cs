using Microsoft.DurableTask.Client;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Wallet;
using WalletFunctions.Workflows;

namespace WalletFunctions.Withdrawals;

/// <summary>Withdrawals as operators see them.</summary>
internal sealed class WithdrawalWorkflow(
    WithdrawalTable table, Ledger ledger, PayoutDesk desk, WithdrawalNews news, TimeProvider clock) : IWorkflowKind
{
    public string Kind => "withdrawal";

    public string IdPrefix => WithdrawalId.Prefix;

    public bool IsId(string text) => Id.TryParse<WithdrawalId>(text, out _);

    public async Task<WorkflowFacts?> FindAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        await StoredAsync(instance, cancellationToken) is { Withdrawal: var withdrawal }
            ? new WorkflowFacts(withdrawal.Status.Name(), withdrawal.Status.IsOpen(), withdrawal.RequestedAt, withdrawal.Overdue)
            : null;

    public async Task RestartAsync(OrchestrationMetadata instance, int beginning, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await StoredAsync(instance, cancellationToken) is { } stored)
        {
            await WithdrawalStarts.RestartAsync(durable, stored.Withdrawal, beginning, cancellationToken);
        }
    }

    /// <summary>Gives the money back, unless the bank has the order or may have it.</summary>
    /// <remarks>
    /// Row and hold change together on the row's ETag, and a first order leaves only after the row says so: whoever is about to
    /// send it finds the row changed. Where one may have left, or was even taken and lost, no silence and no "not known" proves
    /// that it is never paid. The bank declares the payout void instead: it does not have it, and refuses whatever comes late.
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
            if (withdrawal is { NeedsBanksWordToEnd: true, Word: null })
            {
                if (!await desk.VoidAsync(stored, cancellationToken))
                {
                    return WithdrawalErrors.BankMayHaveIt;
                }

                continue;
            }

            var stopped = withdrawal.Stop(clock.GetUtcNow());
            if (!stopped.IsOk)
            {
                return stopped.Error;
            }

            if (ReferenceEquals(stopped.Value, withdrawal))
            {
                // By this attempt, or by a first one that could not tell; told again, it is the same line and the same message.
                await news.TellAsync(await desk.ClosedAsync(withdrawal, cancellationToken), withdrawal.Timeline.Count - 1, cancellationToken);
                return null;
            }

            var command = BookCommand.ReleaseHold($"{withdrawal.Id}:release", withdrawal.Id.Value, PayoutDesk.Stopped) with
            {
                Companions = decision => [WithdrawalTable.Replacing(stopped.Value.KeptIn(decision.Entry), stored.ETag)],
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

    private async Task<StoredWithdrawal?> StoredAsync(OrchestrationMetadata instance, CancellationToken cancellationToken) =>
        instance.ReadInputAs<WithdrawalRun>() is { } run
            ? await table.FindAsync(WalletId.Of(run.WalletId), WithdrawalId.Of(run.WithdrawalId), cancellationToken)
            : null;
}
