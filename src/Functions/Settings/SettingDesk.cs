using Azure;
using WalletFunctions.Audit;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>A setting as staff see it.</summary>
/// <param name="At">The business clock when it was read; says which version is in force.</param>
internal sealed record SettingState(SettingTimeline Timeline, SettingVersion? Pending, ETag ETag, DateTimeOffset At);

/// <summary>What somebody wants a setting to become.</summary>
/// <param name="Content">As the setting's kind wrote it.</param>
/// <param name="EffectiveFrom">Null: as soon as may be.</param>
/// <param name="Note">Why.</param>
internal sealed record Proposal(string Content, DateTimeOffset? EffectiveFrom, string? Note);

/// <summary>Proposals and decisions on settings. Every change is conditioned on the setting's head, and is in the audit log before it is answered.</summary>
/// <param name="table">The versions.</param>
/// <param name="audit">The log.</param>
/// <param name="clock">The business clock.</param>
public sealed class SettingDesk(SettingTable table, AuditLog audit, TimeProvider clock)
{
    internal async Task<SettingState> ReadAsync(SettingKind kind, CancellationToken cancellationToken)
    {
        var head = await table.HeadAsync(kind.Name, cancellationToken);
        var pending = head.Pending is { } number ? await table.FindAsync(kind.Name, number, cancellationToken) : null;
        var timeline = new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellationToken));
        return new SettingState(timeline, pending?.Version is { State: VersionState.Pending } waiting ? waiting : null, head.Shown, clock.GetUtcNow());
    }

    /// <summary>Proposes a version; one that still waits for a decision is superseded.</summary>
    /// <param name="check">Sees the setting's ETag, and may refuse it.</param>
    /// <param name="key">Of this request alone, so that a write whose answer was lost is known again.</param>
    internal async Task<Result<SettingVersion>> ProposeAsync(
        Caller caller, SettingKind kind, Proposal proposal, Func<ETag, DomainError?> check, string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = await table.HeadAsync(kind.Name, cancellationToken);
            if (head.Pending is { } waiting && await table.FindAsync(kind.Name, waiting, cancellationToken) is { } own && own.WrittenBy == key)
            {
                return await LogAsync(caller, kind, "settings.propose", own.Version, cancellationToken);
            }

            if (check(head.Shown) is { } changed)
            {
                return changed;
            }

            var now = clock.GetUtcNow();
            var version = new SettingVersion(head.Last + 1, VersionState.Pending, proposal.EffectiveFrom, proposal.Content, proposal.Note, caller.Account, now);
            if (version.CheckNotice(now, await NoticeAsync(kind, version, now, cancellationToken)) is { } early)
            {
                return early;
            }

            List<StoredVersion> written = [new(version, key)];
            if (head.Pending is { } pending && await table.FindAsync(kind.Name, pending, cancellationToken) is { Version: { State: VersionState.Pending } older })
            {
                written.Add(new(older with { State = VersionState.Superseded }, key));
            }

            if (await table.TryWriteAsync(kind.Name, head, version.Number, written, cancellationToken))
            {
                return await LogAsync(caller, kind, "settings.propose", version, cancellationToken);
            }
        }
    }

    /// <summary>A second person's yes.</summary>
    /// <param name="key">Of the request and its repeats.</param>
    internal Task<Result<SettingVersion>> ApproveAsync(Caller caller, SettingKind kind, int number, string key, CancellationToken cancellationToken) => DecideAsync(
        caller, kind, number, key, "settings.approve", async (version, now) => version.Approve(caller.Account, now, await NoticeAsync(kind, version, now, cancellationToken)), cancellationToken);

    /// <summary>A no, or the proposer's taking it back.</summary>
    /// <param name="key">Of the request and its repeats.</param>
    internal Task<Result<SettingVersion>> RejectAsync(Caller caller, SettingKind kind, int number, string key, CancellationToken cancellationToken) =>
        DecideAsync(caller, kind, number, key, "settings.reject", (version, now) => Task.FromResult(version.Reject(caller.Account, now)), cancellationToken);

    private async Task<Result<SettingVersion>> DecideAsync(
        Caller caller, SettingKind kind, int number, string key, string action, Func<SettingVersion, DateTimeOffset, Task<Result<SettingVersion>>> decide, CancellationToken cancellationToken)
    {
        while (true)
        {
            var head = await table.HeadAsync(kind.Name, cancellationToken);
            if (await table.FindAsync(kind.Name, number, cancellationToken) is not { } stored)
            {
                return PlatformErrors.NotFound;
            }

            if (stored.WrittenBy == key)
            {
                return await LogAsync(caller, kind, action, stored.Version, cancellationToken);
            }

            var decided = await decide(stored.Version, clock.GetUtcNow());
            if (!decided.IsOk)
            {
                return decided;
            }

            if (await table.TryWriteAsync(kind.Name, head, null, [new(decided.Value, key)], cancellationToken))
            {
                return await LogAsync(caller, kind, action, decided.Value, cancellationToken);
            }
        }
    }

    /// <summary>How far ahead a version must be announced: against what it replaces, or, where its moment is left open, against all that it may replace.</summary>
    private async Task<TimeSpan> NoticeAsync(SettingKind kind, SettingVersion version, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var timeline = new SettingTimeline(kind.BuiltIn, await table.ApprovedAsync(kind.Name, cancellationToken));
        return version.EffectiveFrom is { } from
            ? kind.NoticeOf(timeline.At(from).Content, version.Content)
            : timeline.After(now).Prepend(timeline.At(now)).Max(before => kind.NoticeOf(before.Content, version.Content));
    }

    private async Task<Result<SettingVersion>> LogAsync(Caller caller, SettingKind kind, string action, SettingVersion version, CancellationToken cancellationToken)
    {
        await audit.AddAsync(caller, action, $"settings/{kind.Name}/{version.Number}", new { version.EffectiveFrom }, cancellationToken);
        return version;
    }
}
