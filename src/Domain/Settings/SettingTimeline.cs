namespace WalletFunctions.Domain.Settings;

/// <summary>The approved versions of one setting in the order in which they come into force.</summary>
/// <remarks>Of two that come into force at the same moment the higher number counts: that is how an announced version is replaced.</remarks>
public sealed class SettingTimeline
{
    private readonly SettingVersion[] versions;

    /// <param name="builtIn">What counts before any other.</param>
    /// <param name="stored">Versions in any state and order; only approved ones take part.</param>
    public SettingTimeline(SettingVersion builtIn, IEnumerable<SettingVersion> stored) =>
        versions = [builtIn, .. stored.Where(version => version.State == VersionState.Approved).OrderBy(version => version.EffectiveFrom).ThenBy(version => version.Number)];

    /// <summary>All of them, the one that counts first first.</summary>
    public IReadOnlyList<SettingVersion> Versions => versions;

    /// <summary>The version in force at a moment.</summary>
    public SettingVersion At(DateTimeOffset moment) => versions.Last(version => version.EffectiveFrom <= moment);

    /// <summary>What comes into force after a moment, soonest first; replaced ones are left out.</summary>
    public IReadOnlyList<SettingVersion> After(DateTimeOffset moment) =>
        [.. versions.Where((version, i) => version.EffectiveFrom > moment && !(i + 1 < versions.Length && versions[i + 1].EffectiveFrom == version.EffectiveFrom))];
}
