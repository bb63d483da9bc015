using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Domain.Recalls;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Recalls;

/// <summary>Brings a person in where a payee was silent too long.</summary>
public sealed class RecallSilence
{
    private static readonly Text NoReason = new("未说明", "none was given");

    private readonly RecallTable table;
    private readonly Returns returns;
    private readonly RecentAccounts accounts;
    private readonly IInbox inbox;
    private readonly TimeProvider clock;
    private readonly ILogger<RecallSilence> logger;

    internal RecallSilence(RecallTable table, Returns returns, RecentAccounts accounts, IInbox inbox, TimeProvider clock, ILogger<RecallSilence> logger) =>
        (this.table, this.returns, this.accounts, this.inbox, this.clock, this.logger) = (table, returns, accounts, inbox, clock, logger);

    /// <summary>Goes once through those whose time is over. Every step may be repeated, by several hosts at once.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        await foreach (var (key, payee, id) in table.DueAsync(clock.GetUtcNow(), cancellation))
        {
            try
            {
                await EscalateAsync(payee, id, cancellation);
                await table.DoneAsync(key, cancellation);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                // It stays on the list; the others must not wait for it.
                logger.LogWarning(fault, "Recall {RecallId} could not be brought to a person", id);
            }
        }
    }

    private async Task EscalateAsync(WalletId payee, RecallId id, CancellationToken cancellation)
    {
        while (await table.FindAsync(payee, id, cancellation) is { Recall: { Status: RecallStatus.Asked } recall } stored)
        {
            if (await returns.FindLinkAsync(payee, recall.Transfer.Value, cancellation) is not null)
            {
                // Staff has reversed the transfer meanwhile: there is nothing left to ask for.
                return;
            }

            var conversation = await OpenAsync(recall, cancellation);
            if (recall.Escalate(conversation, clock.GetUtcNow()) is not { } escalated || await table.TryReplaceAsync(escalated, stored.ETag, cancellation))
            {
                return;
            }
        }
    }

    private async Task<ConversationId> OpenAsync(Recall recall, CancellationToken cancellation)
    {
        var (payer, payee) = (await accounts.FindByWalletAsync(recall.Payer, cancellation), await accounts.FindByWalletAsync(recall.Payee, cancellation));
        var conversation = await inbox.OpenAsync(
            new OpenConversation(
                $"recall-silent:{recall.Id}",
                recall.AnswerBy,
                new("转账撤回请求无人答复", "A recall that the payee has not answered"),
                Priority.Normal,
                "transfer",
                payer?.AccountId,
                new(
                    $"付款方请求撤回转账 {recall.Transfer}（{recall.Amount}），理由：{recall.Reason ?? NoReason.Zh}。收款方三天未答复。未经收款方同意不会退回资金。",
                    $"The payer wants transfer {recall.Transfer} ({recall.Amount}) back, because: {recall.Reason ?? NoReason.En}. The payee has been silent for three days. Nothing is taken back without the payee's consent."))
            {
                SubjectId = recall.Transfer.Value,
            },
            cancellation);
        await inbox.AppendEventAsync(
            conversation,
            $"{recall.Id}:payee",
            new($"收款方账户 {payee?.AccountId}，钱包 {recall.Payee}。付款方账户 {payer?.AccountId}，钱包 {recall.Payer}。", $"Payee: account {payee?.AccountId}, wallet {recall.Payee}. Payer: account {payer?.AccountId}, wallet {recall.Payer}."),
            cancellation);
        return conversation;
    }
}

/// <summary>The clock of recalls.</summary>
public sealed class RecallTimer(RecallSilence silence)
{
    [Function("RecallsDue")]
    public Task RunAsync([TimerTrigger("*/5 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => silence.RunAsync(cancellationToken);
}
