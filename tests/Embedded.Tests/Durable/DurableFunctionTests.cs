using Embedded.Tests.Worker;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Durable;

public sealed class DurableFunctions(Journal journal)
{
    public sealed record Order(string Name, int Count);

    [Function("PlaceOrder")]
    public static async Task<IResult> Place([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orders/{name}")] HttpRequest request, string name, [DurableClient] DurableTaskClient durable)
        => Results.Text(await durable.ScheduleNewOrchestrationInstanceAsync("FillOrder", new Order(name, 2)));

    [Function("FillOrder")]
    public static async Task<string> Fill([OrchestrationTrigger] TaskOrchestrationContext context, Order order)
    {
        var packed = await context.CallActivityAsync<string>("Pack", order);
        var text = await context.CallActivityAsync<string>("Label", packed);
        return $"{text}/{context.GetInput<Order>()!.Count}/{context.Name}";
    }

    [Function("Pack")]
    public Task<string> Pack([ActivityTrigger] Order order, string instanceId, FunctionContext context)
    {
        journal.Write($"pack for {instanceId} in {context.FunctionDefinition.Name}");
        return Task.FromResult($"{order.Count} {order.Name}");
    }

    [Function("Label")]
    public static string Label([ActivityTrigger] string text) => $"[{text}]";

    [Function("Interface")]
    public static Task<bool> Interface([OrchestrationTrigger] TaskOrchestrationContext context, IReadOnlyList<int>? input)
        => Task.FromResult(input is null && context.GetInput<IReadOnlyList<int>>()!.Count == 1);

    [Function("AskForNothing")]
    public static async Task<string> AskForNothing([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var names = await context.CallActivityAsync<string>("OwnName") + await context.CallActivityAsync<string>("Halve", 4);
        try { return names + await context.CallActivityAsync<string>("Halve"); }
        catch (TaskFailedException e) { return names + e.FailureDetails.ErrorType; }
    }

    [Function("OwnName")]
    public static string OwnName([ActivityTrigger] FunctionContext context) => context.FunctionDefinition.Name;

    [Function("Halve")]
    public static string Halve([ActivityTrigger] int number) => $"{number / 2}";

    [Function("Broken")]
    public static async Task Broken([OrchestrationTrigger] TaskOrchestrationContext context) => await context.CallActivityAsync("Break");

    [Function("Break")]
    public static void Break([ActivityTrigger] string? nothing) => throw new TimeoutException(nothing ?? "no input");
}

/// <summary>Source: src/Worker.Extensions.DurableTask of Azure/azure-functions-durable-extension.</summary>
public sealed class DurableFunctionTests
{
    private readonly string[] _settings =
    [
        "--AzureWebJobsStorage", Azurite.SharedConnectionString,
        "--AzureFunctionsJobHost:extensions:durableTask:hubName", Azurite.UniqueName("app"),
    ];

    [Fact]
    public async Task Orchestrators_and_activities_are_functions_and_the_client_is_bound()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), _settings);
        var response = await app.Client.PostAsync(new Uri("/api/orders/tea", UriKind.Relative), null);
        var id = await response.Content.ReadAsStringAsync();
        var client = app.Services.GetRequiredService<HubClient>();
        var end = await client.WaitForInstanceCompletionAsync(id, true);
        end.ReadOutputAs<string>().ShouldBe("[2 tea]/2/FillOrder");
        end.SerializedInput.ShouldBe("{\"Name\":\"tea\",\"Count\":2}");
        app.Journal.Lines.ShouldBe([$"pack for {id} in Pack"]);
    }

    [Fact]
    public async Task Middleware_sees_each_replay_of_an_orchestrator_and_each_activity()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), builder => builder.UseMiddleware<Seen>(), _settings);
        var client = app.Services.GetRequiredService<HubClient>();
        await client.WaitForInstanceCompletionAsync(await client.ScheduleNewOrchestrationInstanceAsync("FillOrder", new DurableFunctions.Order("tea", 1)));
        app.Journal.Count("before FillOrder").ShouldBe(3);
        app.Journal.Count("before Pack").ShouldBe(1);
    }

    [Fact]
    public async Task Middleware_that_goes_asynchronous_in_front_of_an_orchestrator_fails_the_instance()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), builder => builder.UseMiddleware<Late>(), _settings);
        var client = app.Services.GetRequiredService<HubClient>();
        var end = await client.WaitForInstanceCompletionAsync(await client.ScheduleNewOrchestrationInstanceAsync("Broken"), true);
        end.FailureDetails!.ErrorType.ShouldBe("System.InvalidOperationException");
    }

    [Fact]
    public async Task An_input_parameter_is_filled_only_when_the_value_is_of_exactly_its_type()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), _settings);
        var client = app.Services.GetRequiredService<HubClient>();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Interface", new[] { 1 });
        (await client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task An_activity_without_input_is_given_null_which_a_number_is_not_and_may_ask_for_its_context_instead()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), _settings);
        var client = app.Services.GetRequiredService<HubClient>();
        var id = await client.ScheduleNewOrchestrationInstanceAsync("AskForNothing");
        (await client.WaitForInstanceCompletionAsync(id, true)).ReadOutputAs<string>().ShouldBe("OwnName2System.Text.Json.JsonException");
    }

    [Fact]
    public async Task The_activitys_own_exception_is_what_the_orchestrator_is_told()
    {
        await using var app = await LocalApp.StartAsync(typeof(DurableFunctions), _settings);
        var client = app.Services.GetRequiredService<HubClient>();
        var end = await client.WaitForInstanceCompletionAsync(await client.ScheduleNewOrchestrationInstanceAsync("Broken"), true);
        end.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Failed);
        end.FailureDetails!.InnerFailure!.ShouldSatisfyAllConditions(
            inner => inner.ErrorType.ShouldBe("System.TimeoutException"),
            inner => inner.ErrorMessage.ShouldBe("no input"));
    }

    private sealed class Seen(Journal journal) : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            journal.Write($"before {context.FunctionDefinition.Name}");
            return next(context);
        }
    }

    private sealed class Late : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
            await next(context);
        }
    }
}
