using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>
/// What becomes of what an HTTP function returns or throws, and where middleware stands. Source:
/// azure-functions-dotnet-worker, FunctionsHttpProxyingMiddleware, FunctionContextBindingFeatureExtensions,
/// WorkerMiddlewareWorkerApplicationBuilderExtensions, ServiceCollectionExtensions.
/// </summary>
public sealed class HttpResultTests : IAsyncLifetime
{
    private LocalApp _app = null!;

    public async Task InitializeAsync() => _app = await LocalApp.StartAsync(typeof(HttpResultFunctions), builder =>
    {
        builder.UseMiddleware<Outer>();
        builder.UseWhen(context => context.FunctionDefinition.Name == "Guarded", (context, _) =>
        {
            context.GetInvocationResult().Value = new StatusCodeResult(403);
            return Task.CompletedTask;
        });
        builder.UseMiddleware(async (context, next) =>
        {
            context.InstanceServices.GetRequiredService<Journal>().Write($"inner {context.FunctionDefinition.InputBindings.Values.Single().Type}");
            await next();
            if (context.FunctionDefinition.Name == "Replaced") context.GetInvocationResult().Value = Results.Text("replaced by inner");
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.WriteIndented = true);
    });

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("ActionResult", 201, "{\"name\":\"pen\",\"count\":1}")]
    [InlineData("MinimalResult", 200, "{\n  \"name\": \"pen\",\n  \"count\": 1\n}")]
    [InlineData("Poco", 200, "")]
    [InlineData("Text", 200, "")]
    [InlineData("Nothing", 200, "")]
    [InlineData("Written", 202, "written by hand")]
    [InlineData("Multi", 200, "multi")]
    [InlineData("MultiNull", 200, "")]
    [InlineData("Guarded", 403, "")]
    [InlineData("Replaced", 200, "replaced by inner")]
    [InlineData("Throws", 500, "")]
    [InlineData("ThrowsAsync", 500, "")]
    [InlineData("Caught", 418, "caught by outer")]
    public async Task An_answer_follows_from_what_is_returned_or_thrown(string function, int status, string body)
    {
        using var response = await _app.Client.GetAsync(new Uri("/api/" + function, UriKind.Relative));
        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
    }

    [Fact]
    public async Task A_failure_after_the_answer_has_begun_never_looks_whole()
    {
        // Depending on what the reset overtakes, the client sees a cut-off body or no answer; never a whole one.
        await Should.ThrowAsync<HttpRequestException>(() => _app.Client.GetStringAsync(new Uri("/api/ThrowsLate", UriKind.Relative)));
    }

    [Fact]
    public async Task Middleware_runs_in_the_order_of_its_registration_and_inside_the_http_handling()
    {
        await _app.Client.GetStringAsync(new Uri("/api/Text", UriKind.Relative));
        _app.Journal.Lines.ShouldBe(["outer with request", "inner httpTrigger", "outer sees pen"]);
    }

    [Fact]
    public async Task A_method_that_no_function_takes_is_not_found()
    {
        using var response = await _app.Client.PostAsync(new Uri("/api/Text", UriKind.Relative), content: null);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void The_workers_serializer_writes_names_as_declared_and_reads_any_casing()
    {
        var serializer = _app.Services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!;
        serializer.Serialize(new Thing("pen", 1)).ToString().ShouldBe("""{"Name":"pen","Count":1}""");
        using var json = new MemoryStream(Encoding.UTF8.GetBytes("""{"nAmE":"pen"}"""));
        serializer.Deserialize(json, typeof(Thing), default).ShouldBe(new Thing("pen", 0));
        _app.Services.GetRequiredService<IOptions<JsonSerializerOptions>>().Value.WriteIndented.ShouldBeFalse();
    }

    private sealed class Outer(Journal journal) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            journal.Write(context.GetHttpContext() is null ? "outer without request" : "outer with request");
            try
            {
                await next(context);
                journal.Write($"outer sees {context.GetInvocationResult().Value}");
            }
            catch (TimeZoneNotFoundException)
            {
                context.GetInvocationResult().Value = new ContentResult { StatusCode = 418, Content = "caught by outer" };
            }
        }
    }
}

public class Several
{
    [HttpResult]
    public IResult? Answer { get; set; }

    public string? Other { get; set; }
}

public static class HttpResultFunctions
{
    [Function(nameof(ActionResult))]
    public static IActionResult ActionResult([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new CreatedResult("/x", new Thing("pen", 1));

    [Function(nameof(MinimalResult))]
    public static Task<IResult> MinimalResult([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Task.FromResult(Results.Json(new Thing("pen", 1)));

    [Function(nameof(Poco))]
    public static Thing Poco([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new("pen", 1);

    [Function(nameof(Text))]
    public static string Text([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => "pen";

    [Function(nameof(Nothing))]
    public static void Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) { }

    [Function(nameof(Written))]
    public static async Task Written([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        request.HttpContext.Response.StatusCode = 202;
        await request.HttpContext.Response.WriteAsync("written by hand");
    }

    [Function(nameof(Multi))]
    public static Several Multi([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new() { Answer = Results.Text("multi"), Other = "x" };

    [Function(nameof(MultiNull))]
    public static Several MultiNull([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new();

    [Function(nameof(Guarded))]
    public static IResult Guarded([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Results.Text("not reached");

    [Function(nameof(Replaced))]
    public static IResult Replaced([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => Results.Text("original");

    [Function(nameof(Throws))]
    public static IResult Throws([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => throw new InvalidOperationException("secret");

    [Function(nameof(ThrowsAsync))]
    public static async Task<IResult> ThrowsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _)
    {
        await Task.Yield();
        throw new InvalidOperationException("secret");
    }

    [Function(nameof(ThrowsLate))]
    public static async Task<IResult> ThrowsLate([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("begun");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException("secret");
    }

    [Function(nameof(Caught))]
    public static IResult Caught([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => throw new TimeZoneNotFoundException();
}
