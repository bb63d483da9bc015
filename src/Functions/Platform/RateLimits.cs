using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Platform;

/// <summary>How often something may be done: so many times in a window that starts with the first.</summary>
/// <param name="Name">Stands in the headers and scopes the count: <c>payees</c>.</param>
internal sealed record RateLimit(string Name, int Permits, TimeSpan Window)
{
    /// <summary>How often it still may be done, and when all of it may be done again.</summary>
    public (int Left, TimeSpan Reset) Standing(RateCount count, DateTimeOffset now) =>
        count.IsOver(this, now) ? (Permits, Window) : (Math.Max(0, Permits - count.Taken), count.Since + Window - now);
}

/// <summary>What was done in the present window.</summary>
/// <param name="Occasions">Those that were named: each counts once.</param>
internal sealed record RateCount(int Taken, DateTimeOffset Since, SeenRing Occasions)
{
    public static RateCount None { get; } = new(0, DateTimeOffset.UnixEpoch, default);

    public bool IsOver(RateLimit limit, DateTimeOffset now) => now >= Since + limit.Window;

    public bool IsTaken(RateLimit limit, DateTimeOffset now, string? occasion) => occasion is not null && !IsOver(limit, now) && Occasions.Has(occasion);

    public RateCount Take(RateLimit limit, DateTimeOffset now, string? occasion)
    {
        var before = IsOver(limit, now) ? None with { Since = now } : this;
        return before with { Taken = before.Taken + 1, Occasions = occasion is null ? before.Occasions : before.Occasions.With(occasion, limit.Permits) };
    }
}

/// <summary>
/// Counts in a table how often something is done, so that the limit holds over all hosts together. Windows are the machine's
/// time. One small row for each limit and subject; the subject is hashed.
/// </summary>
public sealed class RateLimits(Storage storage, Secrets secrets, MachineClock clock)
{
    internal const string TableName = "ratelimits";

    private const string Row = "window";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Counts one try against each limit, the first that is used up first, and states them in the headers.</summary>
    /// <returns>Null if it may go on.</returns>
    internal Task<DomainError?> RefuseAsync(HttpRequest request, string subject, CancellationToken cancellationToken, params RateLimit[] limits) =>
        RefuseAsync(request, subject, occasion: null, cancellationToken, limits);

    /// <summary>As the other, for a request with a key: repeated, it is not counted again, and gets its answer when all else has been used up.</summary>
    /// <param name="occasion">What the key is known by. A request that keeps no answer under it could be made without end.</param>
    internal async Task<DomainError?> RefuseAsync(HttpRequest request, string subject, string? occasion, CancellationToken cancellationToken, params RateLimit[] limits)
    {
        DomainError? refusal = null;
        var standings = new List<(RateLimit Limit, int Left, TimeSpan Reset)>(limits.Length);
        foreach (var limit in limits)
        {
            var (taken, left, reset) = refusal is null ? await TakeAsync(limit, subject, occasion, cancellationToken) : (false, 0, TimeSpan.Zero);
            standings.Add((limit, left, reset));
            refusal ??= taken ? null : PlatformErrors.TooManyRequests(reset);
            if (refusal is not null)
            {
                break;
            }
        }

        // draft-ietf-httpapi-ratelimit-headers-10
        var headers = request.HttpContext.Response.Headers;
        headers["RateLimit-Policy"] = string.Join(", ", limits.Select(limit => string.Create(CultureInfo.InvariantCulture, $"\"{limit.Name}\";q={limit.Permits};w={(long)limit.Window.TotalSeconds}")));
        headers["RateLimit"] = string.Join(", ", standings.Select(s => string.Create(CultureInfo.InvariantCulture, $"\"{s.Limit.Name}\";r={s.Left};t={(long)Math.Ceiling(s.Reset.TotalSeconds)}")));
        return refusal;
    }

    /// <summary>Counts one try, unless the limit is used up.</summary>
    internal Task<(bool Taken, int Left, TimeSpan Reset)> TakeAsync(RateLimit limit, string subject, CancellationToken cancellationToken) =>
        TakeAsync(limit, subject, occasion: null, cancellationToken);

    private async Task<(bool Taken, int Left, TimeSpan Reset)> TakeAsync(RateLimit limit, string subject, string? occasion, CancellationToken cancellationToken)
    {
        var key = Key(limit, subject);
        for (var tries = 0; ; tries++)
        {
            var row = await FindAsync(key, cancellationToken);
            var (count, now) = (Count(row), clock.GetUtcNow());
            var standing = limit.Standing(count, now);
            if (count.IsTaken(limit, now, occasion) || standing.Left == 0)
            {
                return (count.IsTaken(limit, now, occasion), standing.Left, standing.Reset);
            }

            var next = count.Take(limit, now, occasion);
            var written = new TableEntity(key, Row) { ["Taken"] = next.Taken, ["Since"] = next.Since, ["Occasions"] = next.Occasions.Bytes.ToArray() };
            try
            {
                await (row is null
                    ? table.AddEntityAsync(written, cancellationToken)
                    : table.UpdateEntityAsync(written, row.ETag, TableUpdateMode.Replace, cancellationToken));
                var (left, reset) = limit.Standing(next, now);
                return (true, left, reset);
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                // Somebody else counted at the same moment: count on what that left.
                await Task.Delay(Random.Shared.Next(1, 2 + (tries * 5)), cancellationToken);
            }
        }
    }

    /// <summary>How long nothing may be done any more; null if it may. Counts nothing.</summary>
    internal async Task<TimeSpan?> UsedUpAsync(RateLimit limit, string subject, CancellationToken cancellationToken)
    {
        var standing = limit.Standing(Count(await FindAsync(Key(limit, subject), cancellationToken)), clock.GetUtcNow());
        return standing.Left == 0 ? standing.Reset : null;
    }

    private string Key(RateLimit limit, string subject) => secrets.Lookup("rate-limits", $"{limit.Name}|{subject}");

    private static RateCount Count(TableEntity? row) =>
        row is null ? RateCount.None : new RateCount(
            row.GetInt32("Taken") ?? 0, row.GetDateTimeOffset("Since") ?? DateTimeOffset.UnixEpoch, SeenRing.From(row.GetBinary("Occasions") ?? []));

    private async Task<TableEntity?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(key, Row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }
}
