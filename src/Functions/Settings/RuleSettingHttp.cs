using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>/v1/admin/settings/fees, /limits and /risk: what is in force, what is coming, and proposals to change it.</summary>
public sealed class RuleSettingHttp(SettingEdge edge, SettingKinds kinds)
{
    [Function("GetFeeSetting")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The fee schedule", Response = typeof(SettingAnswer<FeeSetting.Content>))]
    public Task<IResult> GetFeesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/fees")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.GetAsync(kinds.Fees, cancellationToken);

    [Function("PutFeeSetting")]
    [Access(Role.Admin)]
    [Operation("Propose a fee schedule", Request = typeof(Proposed<FeeSetting.Content>), Response = typeof(VersionAnswer<FeeSetting.Content>), Status = 202, Codes = ["notice_too_short", "precondition_failed"])]
    public Task<IResult> PutFeesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/settings/fees")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.PutAsync(request, kinds.Fees, cancellationToken);

    [Function("GetLimitSetting")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The limits", Response = typeof(SettingAnswer<LimitSetting.Content>))]
    public Task<IResult> GetLimitsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/limits")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.GetAsync(kinds.Limits, cancellationToken);

    [Function("PutLimitSetting")]
    [Access(Role.Admin)]
    [Operation("Propose limits", Request = typeof(Proposed<LimitSetting.Content>), Response = typeof(VersionAnswer<LimitSetting.Content>), Status = 202, Codes = ["notice_too_short", "precondition_failed"])]
    public Task<IResult> PutLimitsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/settings/limits")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.PutAsync(request, kinds.Limits, cancellationToken);

    [Function("GetRiskSetting")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The risk policy", Response = typeof(SettingAnswer<ForEachClass<RiskSetting.ThresholdMembers>>))]
    public Task<IResult> GetRiskAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/risk")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.GetAsync(kinds.Risk, cancellationToken);

    [Function("PutRiskSetting")]
    [Access(Role.Admin)]
    [Operation("Propose a risk policy", Request = typeof(Proposed<ForEachClass<RiskSetting.ThresholdMembers>>), Response = typeof(VersionAnswer<ForEachClass<RiskSetting.ThresholdMembers>>), Status = 202, Codes = ["notice_too_short", "precondition_failed"])]
    public Task<IResult> PutRiskAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/settings/risk")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.PutAsync(request, kinds.Risk, cancellationToken);

    /// <summary>A proposal.</summary>
    /// <param name="EffectiveFrom">Left out: as soon as it may, once approved.</param>
    internal sealed record Proposed<T>(T Content, DateTimeOffset? EffectiveFrom, string? Note);
}
