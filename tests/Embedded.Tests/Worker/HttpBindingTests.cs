using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Shouldly;
using Xunit;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

namespace Embedded.Tests.Worker;

/// <summary>
/// What an HTTP function may take. Source: azure-functions-dotnet-worker, FunctionsEndpointDataSource, HttpContextConverter,
/// FromBodyConversionFeature, DefaultFunctionInputBindingFeature; azure-functions-host, HttpTriggerAttributeBindingProvider.
/// </summary>
public sealed class HttpBindingTests : IAsyncLifetime
{
    private LocalApp _app = null!;

    public async Task InitializeAsync() => _app = await LocalApp.StartAsync(typeof(HttpBindingFunctions));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("/api/Plain", "plain GET")]
    [InlineData("/api/plain", "plain GET")]
    [InlineData("/api/things/8d2f4b0e-6c5a-4a43-9a53-5f4b6d1f6f11", "thing 8d2f4b0e-6c5a-4a43-9a53-5f4b6d1f6f11")]
    [InlineData("/api/things/not-a-guid", "catch-all things/not-a-guid")]
    [InlineData("/api/numbers/42?name=x", "number 42 x")]
    [InlineData("/api/numbers/42?number=7", "number 42 -")]
    [InlineData("/api/deep/a/b/c?x=1", "catch-all deep/a/b/c")]
    [InlineData("/api/", "catch-all ")]
    [InlineData("/api/context", "context Context from its own scope")]
    public async Task A_request_reaches_the_function_of_its_route(string path, string answer) =>
        (await _app.Client.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldBe(answer);

    [Fact]
    public async Task A_method_that_no_function_takes_falls_through_to_the_catch_all()
    {
        using var response = await _app.Client.DeleteAsync(new Uri("/api/plain", UriKind.Relative));
        (await response.Content.ReadAsStringAsync()).ShouldBe("catch-all plain");
    }

    [Fact]
    public async Task A_route_outside_the_prefix_is_not_found()
    {
        using var response = await _app.Client.GetAsync(new Uri("/plain", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"name":"pen","count":2}""", HttpStatusCode.OK, "pen 2")]
    [InlineData("""{"NAME":"pen"}""", HttpStatusCode.OK, "pen 0")]
    [InlineData("""{"name":""", HttpStatusCode.InternalServerError, "")]
    [InlineData("", HttpStatusCode.InternalServerError, "")]
    public async Task A_body_is_read_by_MVC_and_a_bad_one_is_a_500(string body, HttpStatusCode status, string answer)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _app.Client.PostAsync(new Uri("/api/body", UriKind.Relative), content);
        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(answer);
    }

    [Fact]
    public async Task A_class_without_FromBody_is_null_because_the_body_bypasses_the_worker()
    {
        using var content = new StringContent("""{"name":"pen"}""", Encoding.UTF8, "application/json");
        using var response = await _app.Client.PostAsync(new Uri("/api/poco", UriKind.Relative), content);
        (await response.Content.ReadAsStringAsync()).ShouldBe("null");
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_token()
    {
        using var leaving = new CancellationTokenSource();
        var request = _app.Client.GetAsync(new Uri("/api/wait", UriKind.Relative), leaving.Token);
        await Until.True(() => _app.Journal.Count("waiting") == 1, "the function runs");
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => request);
        await Until.True(() => _app.Journal.Count("both tokens cancelled") == 1, "the function was cancelled");
    }
}

public sealed record Thing(string Name, int Count);

public class HttpBindingFunctions(Journal journal)
{
    [Function("Plain")]
    public static IResult Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => Results.Text("plain " + request.Method);

    [Function("ThingById")]
    public static IResult ThingById([HttpTrigger(AuthorizationLevel.Function, "get", Route = "things/{id:guid}")] HttpRequest request, Guid id)
    {
        _ = request;
        return Results.Text($"thing {id}");
    }

    [Function("Number")]
    public static async Task<IActionResult> Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{number:int}")] HttpRequest request, int number, string? name)
    {
        await Task.Yield();
        _ = request;
        return new ContentResult { Content = $"number {number} {name ?? "-"}" };
    }

    [Function("CatchAll")]
    public static IResult CatchAll([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, string? path)
    {
        _ = request;
        return Results.Text($"catch-all {path}");
    }

    [Function("Context")]
    public static IResult Context([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "context")] HttpRequest request, FunctionContext context)
    {
        var own = !ReferenceEquals(context.InstanceServices, request.HttpContext.RequestServices) && context.GetHttpContext() == request.HttpContext;
        return Results.Text($"context {context.FunctionDefinition.Name} from {(own ? "its own scope" : "the request's scope")}");
    }

    [Function("Body")]
    public static IResult Body([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "body")] HttpRequest request, [FromBody] Thing thing)
    {
        _ = request;
        return Results.Text($"{thing.Name} {thing.Count}");
    }

    [Function("Poco")]
    public static IResult Poco([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "poco")] Thing? thing) => Results.Text(thing?.Name ?? "null");

    [Function("Wait")]
    public async Task<IResult> Wait([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "wait")] HttpRequest request, FunctionContext context, CancellationToken cancellationToken)
    {
        _ = request;
        journal.Write("waiting");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            journal.Write("both tokens cancelled");
        }
        return Results.Ok();
    }
}
