using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Bills;

/// <summary>/v1/billers: whose bills can be paid.</summary>
public sealed class BillerHttp(BillerRegister register)
{
    [Function("ListBillers")]
    [Access(Role.SignedIn)]
    [Operation("Whose bills can be paid, and what their numbers look like", Response = typeof(BillerView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/billers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await register.ListAsync(page.Value, activeOnly: true, cancellationToken);
        var language = request.Caller().Language;
        return Answers.List(items.Select(biller => BillerView.Of(biller, language)).ToList(), continuation);
    }
}
