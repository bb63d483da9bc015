using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>
/// What the official build refuses, the local host refuses at its start. Source: azure-functions-dotnet-worker,
/// docs/analyzer-rules (AZFW0002, 0005, 0007, 0014, 0015, 0017); azure-functions-host, Utility.ValidateFunctionName.
/// </summary>
public sealed class DiscoveryTests
{
    [Theory]
    [InlineData(typeof(Refused.Twins), "Two functions are called")]
    [InlineData(typeof(Refused.AsyncVoid), "async void")]
    [InlineData(typeof(Refused.NoTrigger), "has no trigger")]
    [InlineData(typeof(Refused.BadName), "is no valid name")]
    [InlineData(typeof(Refused.Hidden), "must be public")]
    [InlineData(typeof(Refused.NothingToSend), "returns nothing")]
    [InlineData(typeof(Refused.BothWays), "only one way")]
    [InlineData(typeof(Refused.BadSchedule), "no NCRONTAB expression")]
    [InlineData(typeof(Refused.OddQueueName), "no valid queue name")]
    [InlineData(typeof(Refused.Reserved), "belong to the host")]
    [InlineData(typeof(Refused.Unmarked), "needs [HttpResult]")]
    [InlineData(typeof(Refused.NoSetting), "does not exist")]
    public void A_function_that_cannot_be_served_is_refused_with_a_sentence(Type functions, string because)
    {
        var builder = LocalApp.Builder(functions, "--AzureFunctionsJobHost:extensions:http:routePrefix", "", "--AzureWebJobsStorage", "UseDevelopmentStorage=false;AccountName=a;AccountKey=YQ==;EndpointSuffix=invalid");
        builder.ConfigureFunctionsWebApplication();
        Should.Throw<Exception>(builder.Build).Message.ShouldContain(because);
    }

    [Fact]
    public void An_http_function_needs_the_web_application() =>
        Should.Throw<Exception>(LocalApp.Builder(typeof(HttpBindingFunctions)).Build).Message.ShouldContain("ConfigureFunctionsWebApplication");

    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Should.Throw<Exception>(LocalApp.Builder(typeof(DiscoveryTests), "--port", $"{port}").Build).Message.ShouldStartWith($"Port {port} is taken");
    }

    [Fact]
    public void A_builder_builds_once()
    {
        var builder = LocalApp.Builder(typeof(DiscoveryTests));
        builder.Build().Dispose();
        Should.Throw<InvalidOperationException>(builder.Build);
    }
}

public static class Refused
{
    public static class Twins
    {
        [Function("Same")]
        public static void One([TimerTrigger("0 * * * * *")] TimerInfo _) { }

        [Function("SAME")]
        public static void Two([TimerTrigger("0 * * * * *")] TimerInfo _) { }
    }

    public static class AsyncVoid
    {
        [Function("AsyncVoid")]
#pragma warning disable MA0155 // the mistake is what the test is about
        public static async void Run([TimerTrigger("0 * * * * *")] TimerInfo _) => await Task.Yield();
#pragma warning restore MA0155
    }

    public static class NoTrigger
    {
        [Function("NoTrigger")]
        public static void Run(string text) => _ = text;
    }

    public static class BadName
    {
        [Function("9 lives")]
        public static void Run([TimerTrigger("0 * * * * *")] TimerInfo _) { }
    }

    public static class Hidden
    {
        [Function("Hidden")]
        internal static void Run([TimerTrigger("0 * * * * *")] TimerInfo _) { }
    }

    public static class NothingToSend
    {
        [Function("NothingToSend")]
        [QueueOutput("x-y-z")]
        public static void Run([TimerTrigger("0 * * * * *")] TimerInfo _) { }
    }

    public static class BothWays
    {
        [Function("BothWays")]
        [QueueOutput("x-y-z")]
        public static Outputs Run([TimerTrigger("0 * * * * *")] TimerInfo _) => new();
    }

    public static class BadSchedule
    {
        [Function("BadSchedule")]
        public static void Run([TimerTrigger("every now and then")] TimerInfo _) { }
    }

    public static class OddQueueName
    {
        [Function("OddQueueName")]
        public static void Run([QueueTrigger("no_queue")] string text) => _ = text;
    }

    public static class Reserved
    {
        [Function("Reserved")]
        public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "admin/things")] HttpRequest _) => Results.Ok();
    }

    public class UnmarkedOutputs
    {
        public IActionResult? Answer { get; set; }

        [QueueOutput("x-y-z")]
        public string? Message { get; set; }
    }

    public static class Unmarked
    {
        [Function("Unmarked")]
        public static UnmarkedOutputs Run([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _) => new();
    }

    public static class NoSetting
    {
        [Function("NoSetting")]
        public static void Run([TimerTrigger("%Missing%")] TimerInfo _) { }
    }
}
