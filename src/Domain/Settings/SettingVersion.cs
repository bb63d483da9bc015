namespace WalletFunctions.Domain.Settings;

/// <summary>One version of a setting: proposed by one person, decided by a second, in force from its moment on.</summary>
/// <param name="Number">From 1, without gaps; 0 is what the product came with.</param>
/// <param name="State">Where it is between proposal and decision.</param>
/// <param name="EffectiveFrom">From when it counts, that moment included. Of a pending version: what was asked for, null meaning as soon as may be.</param>
/// <param name="Content">The setting itself, as text that its kind can read.</param>
/// <param name="Note">Why, in the proposer's words.</param>
/// <param name="ProposedBy">Null for what the product came with.</param>
/// <param name="ProposedAt">Business clock.</param>
/// <param name="DecidedBy">Who approved or rejected it.</param>
/// <param name="DecidedAt">When.</param>
public sealed record SettingVersion(
    int Number,
    VersionState State,
    DateTimeOffset? EffectiveFrom,
    string Content,
    string? Note,
    AccountId? ProposedBy,
    DateTimeOffset ProposedAt,
    AccountId? DecidedBy = null,
    DateTimeOffset? DecidedAt = null)
{
    /// <summary>
    /// How long before it counts a version must be approved, whatever its kind: by then every host has heard of it, so that
    /// all of them change over at the very same moment.
    /// </summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    /// <summary>What the product came with, in force since ever.</summary>
    public static SettingVersion BuiltIn(string content) =>
        new(0, VersionState.Approved, DateTimeOffset.UnixEpoch, content, null, null, DateTimeOffset.UnixEpoch);

    /// <summary>Whether <see cref="EffectiveFrom"/> leaves time enough from now.</summary>
    /// <param name="now">The business clock.</param>
    /// <param name="notice">How long ahead its kind of change must be announced; zero for none.</param>
    /// <returns>Null when it does.</returns>
    public DomainError? CheckNotice(DateTimeOffset now, TimeSpan notice) =>
        EffectiveFrom is { } wanted && wanted < now + notice ? SettingErrors.NoticeTooShort(now + notice) : null;

    /// <summary>A second person's yes.</summary>
    /// <param name="by">Who.</param>
    /// <param name="now">The business clock.</param>
    /// <param name="notice">As of <see cref="CheckNotice"/>.</param>
    /// <returns>The version with the moment from which it counts, never less than <see cref="Spread"/> from now; or why not.</returns>
    public Result<SettingVersion> Approve(AccountId by, DateTimeOffset now, TimeSpan notice)
    {
        if (by == ProposedBy)
        {
            return SettingErrors.SecondPersonRequired;
        }

        if (State != VersionState.Pending)
        {
            return SettingErrors.VersionNotPending;
        }

        if (CheckNotice(now, notice) is { } late)
        {
            return late;
        }

        var earliest = now + (notice > Spread ? notice : Spread);
        return this with
        {
            State = VersionState.Approved,
            EffectiveFrom = EffectiveFrom is { } wanted && wanted > earliest ? wanted : earliest,
            DecidedBy = by,
            DecidedAt = now,
        };
    }

    /// <summary>A no, of anybody who may decide; the proposer's own takes it back.</summary>
    public Result<SettingVersion> Reject(AccountId by, DateTimeOffset now) => State != VersionState.Pending
        ? SettingErrors.VersionNotPending
        : this with { State = VersionState.Rejected, DecidedBy = by, DecidedAt = now };
}

/// <summary>Where a version is between proposal and decision. The names are stored.</summary>
public enum VersionState
{
    /// <summary>Waits for a second person.</summary>
    Pending,

    /// <summary>Counts from its moment on, until a later one does.</summary>
    Approved,

    /// <summary>Never counts.</summary>
    Rejected,

    /// <summary>Another was proposed before anybody decided on it.</summary>
    Superseded,
}
