using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Audit;

/// <summary>/v1/admin/audit.</summary>
public sealed class AuditHttp(AuditLog log)
{
    /// <summary>What was done with a privilege, newest first.</summary>
    [Function("ListAudit")]
    [Access(Role.Admin)]
    [Operation("Privileged acts, newest first", Response = typeof(AuditEntry), IsList = true, Query = ["actor", "subject", "action"])]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/audit")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        var filter = AuditFilter.Read(name => request.Query[name].ToString());
        if ((page.Error ?? filter.Error) is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        var (items, continuation) = await log.ListAsync(filter.Value!, page.Value!, cancellationToken);
        return Answers.List(items, continuation);
    }
}
