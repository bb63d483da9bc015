using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Settings;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>/v1/admin/settings/{setting}/versions: a setting's history, and the second person's decision.</summary>
public sealed class SettingVersionHttp(SettingTable table, SettingDesk desk, SettingKinds kinds, Idempotency idempotency, TimeProvider clock)
{
    [Function("ListSettingVersions")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("A setting's versions, newest first", Response = typeof(VersionAnswer<JsonElement>), IsList = true)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/{setting}/versions")] HttpRequest request, string setting, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (kinds.Find(setting) is not { } kind || !page.IsOk)
        {
            return Answers.Problem(request, page.Error ?? PlatformErrors.NotFound);
        }

        var below = page.Value.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : int.MaxValue;
        var found = await table.BelowAsync(kind.Name, below, page.Value.Limit + 1, cancellationToken);
        var now = clock.GetUtcNow();
        var current = (await desk.ReadAsync(kind, cancellationToken)).Timeline.At(now);
        var shown = found.Take(page.Value.Limit).Select(version => SettingAnswers.Of(version, now, current)).ToList();
        return Answers.List(shown, found.Count > shown.Count ? shown[^1].Version.ToString(CultureInfo.InvariantCulture) : null);
    }

    [Function("ApproveSettingVersion")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Approve a version that somebody else proposed", Response = typeof(VersionAnswer<JsonElement>), Key = true,
        Codes = ["second_person_required", "version_not_pending", "notice_too_short"])]
    public Task<IResult> ApproveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/settings/{setting}/versions/{version}/approve")] HttpRequest request, string setting, string version, CancellationToken cancellationToken) =>
        DecideAsync(request, setting, version, "approve", desk.ApproveAsync, cancellationToken);

    [Function("RejectSettingVersion")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("Reject a proposed version, or take one's own back", Response = typeof(VersionAnswer<JsonElement>), Key = true, Codes = ["version_not_pending"])]
    public Task<IResult> RejectAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/settings/{setting}/versions/{version}/reject")] HttpRequest request, string setting, string version, CancellationToken cancellationToken) =>
        DecideAsync(request, setting, version, "reject", desk.RejectAsync, cancellationToken);

    private async Task<IResult> DecideAsync(
        HttpRequest request, string setting, string version, string verb, Func<Caller, SettingKind, int, string, CancellationToken, Task<Result<SettingVersion>>> decide, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if ((form.IsOk ? form.Value.Finish() : form.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        if (kinds.Find(setting) is not { } kind || !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        return await idempotency.RunAsync(request, $"POST /v1/admin/settings/{kind.Name}/versions/{number}/{verb}", form.Value!, async operation =>
        {
            var decided = await decide(request.Caller(), kind, number, Convert.ToHexStringLower(operation.Seed), cancellationToken);
            return decided.IsOk ? StoredAnswer.Ok(SettingAnswers.Of(decided.Value, clock.GetUtcNow())) : StoredAnswer.Problem(request, decided.Error);
        }, cancellationToken);
    }
}
