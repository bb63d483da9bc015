using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;

namespace WalletFunctions.Settings;

/// <summary>A setting as staff see it.</summary>
/// <param name="Upcoming">Approved and not yet in force, soonest first.</param>
/// <param name="Pending">Waits for a second person.</param>
internal sealed record SettingAnswer<T>(string Name, VersionAnswer<T> Current, IReadOnlyList<VersionAnswer<T>> Upcoming, VersionAnswer<T>? Pending);

/// <summary>One version.</summary>
/// <param name="State"><c>pending</c>, <c>upcoming</c>, <c>current</c>, <c>past</c>, <c>rejected</c> or <c>superseded</c>.</param>
internal sealed record VersionAnswer<T>(
    int Version, string State, DateTimeOffset? EffectiveFrom, string? Note, AccountId? ProposedBy, DateTimeOffset ProposedAt, AccountId? DecidedBy, DateTimeOffset? DecidedAt, T Content);

/// <summary>Makes them. The content is passed on as it is stored.</summary>
internal static class SettingAnswers
{
    public static SettingAnswer<JsonElement> Of(string name, SettingState state)
    {
        var current = state.Timeline.At(state.At);
        return new SettingAnswer<JsonElement>(
            name,
            Of(current, state.At, current),
            [.. state.Timeline.After(state.At).Select(version => Of(version, state.At, current))],
            state.Pending is { } pending ? Of(pending, state.At, current) : null);
    }

    public static VersionAnswer<JsonElement> Of(SettingVersion version, DateTimeOffset now, SettingVersion? current = null) => new(
        version.Number,
        StateOf(version, now, current),
        version.EffectiveFrom,
        version.Note,
        version.ProposedBy,
        version.ProposedAt,
        version.DecidedBy,
        version.DecidedAt,
        JsonElement.Parse(version.Content));

    private static string StateOf(SettingVersion version, DateTimeOffset now, SettingVersion? current) => version.State switch
    {
        VersionState.Pending => "pending",
        VersionState.Rejected => "rejected",
        VersionState.Superseded => "superseded",
        VersionState.Approved when version.EffectiveFrom > now => "upcoming",
        VersionState.Approved when version.Number == current?.Number => "current",
        VersionState.Approved => "past",
    };
}
