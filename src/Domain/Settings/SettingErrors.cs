using System.Globalization;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Domain.Settings;

/// <summary>The refusals of settings. A code is never renamed or reused; docs/errors.md lists them.</summary>
public static class SettingErrors
{
    /// <summary>Whoever proposed it asked to approve it.</summary>
    public static DomainError SecondPersonRequired { get; } = new("second_person_required", ErrorKind.Forbidden,
        new Text("须由提议人以外的人员批准。", "Somebody other than its proposer must approve it."));

    /// <summary>It has been decided, or another proposal has taken its place.</summary>
    public static DomainError VersionNotPending { get; } = new("version_not_pending", ErrorKind.Conflict,
        new Text("该版本已有决定，或已被新的提议取代。", "This version has been decided, or another proposal has taken its place."));

    /// <summary>It would come into force before it may.</summary>
    /// <param name="earliest">The soonest moment at present.</param>
    public static DomainError NoticeTooShort(DateTimeOffset earliest)
    {
        // Half a minute is added so that whoever reads it still has the time to send it.
        var shown = earliest.AddSeconds(30).ToOffset(Shanghai.Offset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return new DomainError("notice_too_short", ErrorKind.Refused,
            new Text("生效时间过早：此类变更须提前公告。", "It would take effect too soon: this change must be announced ahead."),
            new Text($"生效时间过早，最早为 {shown}；如不填写生效时间，则在批准后尽早生效。",
                $"It would take effect too soon. The earliest moment is {shown}; without effectiveFrom it takes effect as soon as it may."));
    }
}
