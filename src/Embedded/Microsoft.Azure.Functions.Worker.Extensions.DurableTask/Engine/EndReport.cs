using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>The end of a sub-orchestration is told until the parent has stored it; only then may the work row go.</summary>
internal sealed class EndReport(HubSession session)
{
    private volatile Report? _report;

    public bool IsUnderWay => _report is { IsMade: false };

    /// <summary>Another execution begins, which has its own end; a report of the last one that is still under way is not its own.</summary>
    public void Forget() => _report = null;

    /// <summary>What is stored may be the end of another execution than the one that was told.</summary>
    public void Reconsider()
    {
        if (!IsUnderWay) _report = null;
    }

    public void Make(ParentLink parent, InstanceState ended)
    {
        if (_report is not null) return;
        var report = _report = new();
        _ = Task.Run(async () =>
        {
            try
            {
                await session.ReportAsync(parent, ended);
                report.IsMade = true;
            }
            catch (NotOwnerException)
            {
                // The next owner tells it.
            }
        });
    }

    private sealed class Report
    {
        public volatile bool IsMade;
    }
}
