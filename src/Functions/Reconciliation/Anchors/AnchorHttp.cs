using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation.Anchors;

/// <summary>The daily anchors of the books, and the keys that anybody may verify them with.</summary>
public sealed class AnchorHttp(AnchorDesk desk)
{
    [Function("ListAnchors")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("The daily anchors, newest first", Response = typeof(AnchorAnswer), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/anchors")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, continuation) = await desk.ListAsync(page.Value, cancellationToken);
        return Answers.List(items.Select(anchor => new AnchorAnswer($"{anchor.Day:yyyy-MM-dd}", anchor.Books, anchor.Jws)).ToList(), continuation);
    }

    /// <summary>The document itself, for whoever keeps a copy elsewhere or verifies it.</summary>
    [Function("GetAnchor")]
    [Access(Role.Supervisor | Role.Admin)]
    [Operation("A day's anchor: the signed statement, then a line for each book", ResponseMediaType = "text/plain", Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/anchors/{day}")] HttpRequest request, string day, CancellationToken cancellationToken)
    {
        if (AnchorDocument.DayOf(day + ".anchor") is not { } known || await desk.OpenAsync(known, cancellationToken) is not { } content)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        return new DocumentAnswer("text/plain; charset=utf-8", async (body, cancellation) =>
        {
            await using (content)
            {
                await content.CopyToAsync(body, cancellation);
            }
        })
        {
            FileName = AnchorDocument.NameOf(known),
        };
    }

    /// <summary>Every key that anchors were ever signed with: retired keys stay, for anchors do not expire.</summary>
    [Function("ListAnchorKeys")]
    [Access(Role.Anonymous)]
    [Operation("The keys that anchors are signed with (RFC 7517)", Response = typeof(PublicKeySet))]
    public async Task<IResult> KeysAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/anchor-keys")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(await desk.KeysAsync(cancellationToken));

    /// <param name="Day">In Asia/Shanghai.</param>
    /// <param name="Books">How many books it names.</param>
    /// <param name="Statement">What is signed, a compact JWS (RFC 7515); its payload has the hash of the lines and of the statement before.</param>
    internal sealed record AnchorAnswer(string Day, long Books, string Statement);
}
