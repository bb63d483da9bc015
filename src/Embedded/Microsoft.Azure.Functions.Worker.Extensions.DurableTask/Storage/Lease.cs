using System.Diagnostics;
using Azure;
using Azure.Data.Tables;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>
/// Who owns the hub: a row that the owner renews. It saves double work and is no lock: a deposed owner's commits fail by
/// the ETag of the heads. Counts in real time, whatever the business clock says.
/// </summary>
internal sealed class Lease(TableClient table, TimeSpan length)
{
    private const string Partition = "work";
    private const string Row = "lease";
    private const string Nobody = "";

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private ETag _etag;
    private long _renewed;

    /// <summary>Whether it was taken from an owner of whom nothing is known but that its time was up: it may still be about.</summary>
    public bool WasSilent { get; private set; }

    /// <summary>False a while before another host may take over, so that nothing is begun that could not be finished.</summary>
    public bool IsHeld => _renewed != 0 && Stopwatch.GetElapsedTime(_renewed) < length * 0.8;

    public async Task<bool> TryTakeAsync(CancellationToken cancellation)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellation);
        if (!found.HasValue) return await WriteAsync(default, length, cancellation);
        var row = found.Value!;
        var isGone = row.GetString("Owner") == Nobody
            || (row.GetString("Machine") == HostProcess.Machine && HostProcess.IsGone(row.GetInt32("Process")!.Value, row.GetInt64("Started")!.Value));
        // Our own is one whose answer was lost, or that an earlier session of this host has let go.
        if (!isGone && row.GetString("Owner") != _owner && row.GetDateTimeOffset("Until") > TimeProvider.System.GetUtcNow()) return false;
        WasSilent = !isGone;
        return await WriteAsync(row.ETag, length, cancellation);
    }

    /// <returns>False when another host has taken it.</returns>
    public Task<bool> RenewAsync(CancellationToken cancellation) => WriteAsync(_etag, length, cancellation);

    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (_renewed == 0) return;
        await WriteAsync(_etag, TimeSpan.Zero, cancellation);
        _renewed = 0;
    }

    private async Task<bool> WriteAsync(ETag etag, TimeSpan time, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var row = new TableEntity(Partition, Row)
        {
            ["Owner"] = time > TimeSpan.Zero ? _owner : Nobody, ["Until"] = TimeProvider.System.GetUtcNow() + time,
            ["Machine"] = HostProcess.Machine, ["Process"] = HostProcess.Id, ["Started"] = HostProcess.StartTicks,
        };
        try
        {
            var answer = etag == default
                ? await table.AddEntityAsync(row, cancellation)
                : await table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellation);
            (_etag, _renewed) = (answer.Headers.ETag!.Value, started);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 or 404)
        {
            // A write of ours whose answer was lost counts as ours.
            var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellation);
            if (!found.HasValue || found.Value!.GetString("Owner") != _owner)
            {
                _renewed = 0;
                return false;
            }
            (_etag, _renewed) = (found.Value.ETag, started);
            return true;
        }
    }
}

/// <summary>This process, so that the next one on this machine sees at once that it was killed.</summary>
internal static class HostProcess
{
    /// <summary>Machine and process-id namespace: two containers may share a name.</summary>
    public static string Machine { get; } = Environment.MachineName + ProcessNamespace();

    public static int Id => Environment.ProcessId;

    public static long StartTicks { get; } = Own();

    public static bool IsGone(int id, long startTicks)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return Math.Abs(process.StartTime.ToUniversalTime().Ticks - startTicks) > TimeSpan.TicksPerSecond * 2;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return false; // Unknown: the lease's time decides.
        }
    }

    private static long Own()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime().Ticks;
    }

    private static string ProcessNamespace()
    {
        try
        {
            return OperatingSystem.IsLinux() ? "/" + File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
