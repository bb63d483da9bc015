using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>The contract, for programs and for people.</summary>
public static class OpenApiFunctions
{
    private static readonly Lazy<string> Document = new(() => OpenApiDocument.Root.ToJsonString(AnswerJson.Options));

    [Function("OpenApi")]
    [Access(Role.Anonymous)]
    [Operation("This contract as OpenAPI 3.1", Response = typeof(JsonObject))]
    public static IResult Json([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) => Answers.Json(Document.Value);

    [Function("Docs")]
    [Access(Role.Anonymous)]
    [Operation("This contract as a page", ResponseMediaType = "text/html")]
    public static IResult Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs")] HttpRequest request) =>
        Answers.Html(DocsPages.Contract, DocsPages.ContentSecurityPolicy);

    [Function("ErrorDocs")]
    [Access(Role.Anonymous)]
    [Operation("The error codes as a page; where a problem's type points", ResponseMediaType = "text/html")]
    public static IResult Errors([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "docs/errors.md")] HttpRequest request) =>
        Answers.Html(DocsPages.Errors, DocsPages.ContentSecurityPolicy);
}
