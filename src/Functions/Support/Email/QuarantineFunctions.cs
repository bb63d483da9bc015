using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>/v1/inbox/quarantine.</summary>
public sealed class QuarantineFunctions(Quarantine quarantine)
{
    [Function("ListQuarantine")]
    [Access(Role.Staff)]
    [Operation("Mail that could not be read", Response = typeof(QuarantinedMail), IsList = true)]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/inbox/quarantine")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await quarantine.ListAsync(page.Value, cancellationToken);
        return Answers.List(items, continuation);
    }

    [Function("RetryQuarantined")]
    [Access(Role.Staff)]
    [Operation("Have a mail tried again", Response = typeof(QuarantinedMail), Status = 202, Codes = ["not_found"])]
    public async Task<IResult> Retry([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/inbox/quarantine/{quarantineId}/retry")] HttpRequest request, string quarantineId, CancellationToken cancellationToken)
    {
        var retried = await quarantine.RetryAsync(quarantineId, cancellationToken);
        return retried.IsOk ? Answers.Accepted(retried.Value) : Answers.Problem(request, retried.Error);
    }
}
