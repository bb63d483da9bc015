using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Settings;

/// <summary>/v1/admin/settings/refund-policy: how long everybody has, and what silence means.</summary>
public sealed class RefundPolicyHttp(SettingEdge edge, SettingKinds kinds)
{
    [Function("GetRefundPolicySetting")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The refund policy", Response = typeof(SettingAnswer<RefundPolicySetting.Content>))]
    public Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/settings/refund-policy")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.GetAsync(kinds.Refunds, cancellationToken);

    [Function("PutRefundPolicySetting")]
    [Access(Role.Admin)]
    [Operation("Propose a refund policy", Request = typeof(RuleSettingHttp.Proposed<RefundPolicySetting.Content>), Response = typeof(VersionAnswer<RefundPolicySetting.Content>), Status = 202, Codes = ["notice_too_short", "precondition_failed"])]
    public Task<IResult> PutAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/settings/refund-policy")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.PutAsync(request, kinds.Refunds, cancellationToken);
}
