using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>Brings forward what waits for an endpoint: one delivery to try it while it takes nothing, and afterwards the others.</summary>
internal sealed partial class WebhookPostman
{
    /// <summary>Whether so much stands in line here that no other host's delivery can be taken.</summary>
    internal bool IsFull
    {
        get
        {
            lock (gate)
            {
                return all >= MostWaiting;
            }
        }
    }

    /// <summary>Whether a delivery waits or is under way here.</summary>
    internal bool Knows(WebhookId endpoint, string delivery)
    {
        lock (gate)
        {
            return lines.TryGetValue(endpoint.Value, out var line) && line.Knows(delivery);
        }
    }

    /// <summary>Whether what comes now must stand behind what waits for the endpoint already.</summary>
    internal bool IsCrowded(WebhookId endpoint)
    {
        lock (gate)
        {
            return lines.TryGetValue(endpoint.Value, out var line) && (line.HasMore || line.Users >= MostWaitingPerEndpoint);
        }
    }

    /// <summary>Takes of what waits for an endpoint as much as it may be offered now.</summary>
    internal async Task FeedAsync(WebhookLine line, CancellationToken cancellationToken)
    {
        var (now, endpoint) = (clock.GetUtcNow(), await table.FindAsync(line.Merchant, line.Endpoint, cancellationToken));
        if (endpoint is not { Status: WebhookStatus.Active })
        {
            await table.EndParkedAsync(line, EndedBy(endpoint), cancellationToken);
            return;
        }

        if (endpoint.RestsAt(now))
        {
            await table.PutOffAsync(line, endpoint.NextTryAt!.Value, cancellationToken);
            return;
        }

        var (isProbe, room) = (endpoint.FailingSince is not null, RoomFor(endpoint));
        if (room == 0 || (isProbe && room < MostWaitingPerEndpoint))
        {
            return; // its turn comes when those have ended
        }

        var parked = isProbe ? await ProbeAsync(line, now, cancellationToken) : await table.ParkedAsync(line, after: null, Math.Min(room, WebhookTable.MostMoved), cancellationToken);
        if (parked.Count == 0)
        {
            await table.RemoveAsync(line, cancellationToken);
            return;
        }

        var written = isProbe ? line with { DueAt = now + options.LongestTry, After = parked[0].Key } : line with { DueAt = now };
        foreach (var place in await table.UnparkAsync(written, parked, now + options.Lease, machine.GetUtcNow() + options.Lease, cancellationToken))
        {
            if (await table.ReadAsync(place, cancellationToken) is { } waiting)
            {
                Begin(waiting, isFed: true);
            }
        }

        if (!isProbe)
        {
            ExpectMore(endpoint.Id);
        }
    }

    private static string EndedBy(WebhookEndpoint? endpoint) => endpoint is null ? "endpoint_removed" : "endpoint_disabled";

    /// <summary>Whose turn it is to try: the oldest where its time is over, so that it ends; else each in turn, for one that is never taken must not keep the others.</summary>
    private async Task<IReadOnlyList<ParkedDelivery>> ProbeAsync(WebhookLine line, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var oldest = await table.ParkedAsync(line, after: null, 1, cancellationToken);
        return oldest.Count == 0 || line.After is null || WebhookKeys.PublishedAt(oldest[0].Key) + WebhookSchedule.Patience <= now
            ? oldest
            : await table.ParkedAsync(line, line.After, 1, cancellationToken) is { Count: > 0 } next ? next : oldest;
    }

    private int RoomFor(WebhookEndpoint endpoint)
    {
        lock (gate)
        {
            return all >= MostWaiting ? 0 : MostWaitingPerEndpoint - (lines.GetValueOrDefault(endpoint.Id.Value)?.Users ?? 0);
        }
    }

    /// <summary>Has whoever leaves the line last look for more.</summary>
    private void ExpectMore(WebhookId endpoint)
    {
        lock (gate)
        {
            if (lines.TryGetValue(endpoint.Value, out var line))
            {
                line.HasMore = true;
            }
        }
    }

    /// <summary>Goes on with what waits, after the last of a line has gone.</summary>
    private async Task FeedAgainAsync(WebhookDelivery last)
    {
        try
        {
            if (await table.FindLineAsync(last.Merchant, last.Endpoint, stopping.Token) is { } line)
            {
                await FeedAsync(line, stopping.Token);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The next host finds the line.
        }
        catch (Exception e)
        {
            Left(log, last.Id.Value, Faults.Describe(e)); // the sweep goes on
        }
    }
}
