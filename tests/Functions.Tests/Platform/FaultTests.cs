using System.Net;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class FaultTests
{
    [Fact]
    public async Task When_storage_is_out_of_reach_the_caller_is_told_to_come_back()
    {
        var outage = new Outage();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton<HttpPipelinePolicy>(outage));
        using var customer = await app.CustomerAsync();
        outage.Fault = () => new RequestFailedException(503, "busy", "ServerBusy", null);
        foreach (var path in new[] { "ready", "v1/me", "v1/me/bank-cards", "sandbox/clock" })
        {
            var answer = await customer.GetAsync(path);
            answer.MustRefuse(HttpStatusCode.ServiceUnavailable, "service_unavailable");
            int.Parse(answer.Header("Retry-After")!, null).ShouldBeGreaterThan(0);
            answer.Header("X-Request-Id").ShouldBe(answer.Text("requestId"));
        }

        (await app.Anonymous.GetAsync("health")).Must(HttpStatusCode.OK);
        outage.Fault = null;
        (await customer.GetAsync("ready")).Must(HttpStatusCode.OK);
    }

    [Fact]
    public void A_call_that_its_caller_gave_up_is_known_in_every_clients_words()
    {
        foreach (var given in new Exception[] { new OperationCanceledException(), new TaskCanceledException(), new RpcException(new Status(StatusCode.Cancelled, "")) })
        {
            Faults.IsCancellation(given).ShouldBeTrue();
        }

        Faults.IsCancellation(new RpcException(new Status(StatusCode.NotFound, ""))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_bug_is_a_500_that_tells_nothing()
    {
        var outage = new Outage();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton<HttpPipelinePolicy>(outage));
        outage.Fault = () => new InvalidOperationException("the password of the storage is swordfish");
        var answer = await app.Anonymous.GetAsync("ready");
        answer.MustRefuse(HttpStatusCode.InternalServerError, "internal_error");
        answer.Body.ShouldNotContain("swordfish");
        answer.Header("X-Request-Id").ShouldBe(answer.Text("requestId"));
        outage.Fault = null;
    }

    private sealed class Outage : HttpPipelineSynchronousPolicy
    {
        public Func<Exception>? Fault { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (Fault is { } fault)
            {
                throw fault();
            }
        }
    }
}
