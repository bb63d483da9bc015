using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>
/// An end is told until those whom it concerns have stored it: the sub-orchestrations that are to end too, and the parent. Only then may
/// the work row go.
/// </summary>
internal sealed class EndReport(HubSession session)
{
    private volatile Report? _report;

    public bool IsUnderWay => _report is { IsMade: false };

    /// <summary>Another execution begins, which has its own end; a report of the last one that is still under way is not its own.</summary>
    public void Forget() => _report = null;

    /// <summary>Once for each end: those who are told answer a report by a look at it, and may have one of their own for this instance.</summary>
    public void Make(InstanceState ended)
    {
        if (_report?.Write == ended.Write) return;
        var report = _report = new(ended.Write);
        _ = Task.Run(async () =>
        {
            try
            {
                if (ended.TakesChildrenAlong) await session.EndChildrenAsync(ended);
                if (ended.Start?.Parent is { } parent) await session.ReportAsync(parent, ended);
                report.IsMade = true;
            }
            catch (NotOwnerException)
            {
                // The next owner tells it.
            }
        });
    }

    private sealed class Report(string write)
    {
        /// <summary>Tells this end from that of another execution.</summary>
        public string Write { get; } = write;

        public volatile bool IsMade;
    }
}
