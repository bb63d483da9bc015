using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications;

/// <summary>Hands over what nobody has: the host that took it in is gone, or who carries it could not take it then.</summary>
public sealed partial class NoticeSweep
{
    private const int AtOnce = 8;

    private readonly NoticeTable table;
    private readonly NoticePost post;
    private readonly ILogger<NoticeSweep> log;

    internal NoticeSweep(NoticeTable table, NoticePost post, ILogger<NoticeSweep> log) => (this.table, this.post, this.log) = (table, post, log);

    /// <summary>Looks once at what is due. Several hosts may at the same moment.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < NoticeRow.Shards; shard++)
        {
            await Parallel.ForEachAsync(
                table.DueAsync(shard, cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (notice, cancellation) =>
                {
                    try
                    {
                        await post.HandOverAsync(notice, cancellation);
                    }
                    catch (Exception e) when (!cancellation.IsCancellationRequested)
                    {
                        // It stays on the list; the others must not wait for it.
                        Left(log, notice.Row.Id, Faults.Describe(e));
                    }
                });
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Notification} could not be handed over: {Fault}")]
    private static partial void Left(ILogger log, string notification, string fault);
}

/// <summary>The clock of notices.</summary>
public sealed class NoticeTimer(NoticeSweep sweep)
{
    [Function("SweepNotices")]
    public Task RunAsync([TimerTrigger("*/15 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => sweep.RunAsync(cancellationToken);
}
