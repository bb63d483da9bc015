using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>/v1/admin/settings/calendar: the working days that promises are counted in.</summary>
public sealed class CalendarHttp(SettingEdge edge, SettingKinds kinds)
{
    [Function("GetCalendarSetting")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The published working days", Response = typeof(SettingAnswer<CalendarSetting.Content>))]
    public Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/calendar")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.GetAsync(kinds.Calendar, cancellationToken);

    [Function("PutCalendarSetting")]
    [Access(Role.Admin)]
    [Operation("Propose the working days as newly published", Request = typeof(RuleSettingHttp.Proposed<CalendarSetting.Content>), Response = typeof(VersionAnswer<CalendarSetting.Content>), Status = 202, Codes = ["notice_too_short", "precondition_failed"])]
    public Task<IResult> PutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/settings/calendar")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.PutAsync(request, kinds.Calendar, cancellationToken);
}
