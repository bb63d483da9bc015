using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>
/// How the host stops: no new work, then the work in hand, then its cancellation. Source: azure-functions-host,
/// docs of drain mode and DrainManager; azure-functions-dotnet-worker, GrpcWorker (worker terminate message).
/// </summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task A_request_in_hand_is_answered_and_no_other_is_taken()
    {
        await using var app = await LocalApp.StartAsync(typeof(ShutdownFunctions), builder => builder.Services.AddSingleton<Gate>());
        var request = app.Client.GetStringAsync(new Uri("/api/Held", UriKind.Relative));
        await Until.True(() => app.Journal.Count("held") == 1, "the function runs");
        var stopping = app.StopAsync();
        await Until.True(() => IsRefusedAsync(app.Client.BaseAddress!), "connections are refused");
        stopping.IsCompleted.ShouldBeFalse();
        app.Services.GetRequiredService<Gate>().Open();
        (await request).ShouldBe("released");
        await stopping;
    }

    [Fact]
    public async Task A_request_that_outlasts_the_grace_is_cancelled_and_may_still_answer()
    {
        await using var app = await LocalApp.StartAsync(typeof(ShutdownFunctions), builder => builder.Services.AddSingleton<Gate>(), "--drain-grace", "00:00:00.3");
        var request = app.Client.GetStringAsync(new Uri("/api/Held", UriKind.Relative));
        await Until.True(() => app.Journal.Count("held") == 1, "the function runs");
        await app.StopAsync();
        (await request).ShouldBe("cancelled");
    }

    private static async Task<bool> IsRefusedAsync(Uri address)
    {
        try
        {
            using var client = new HttpClient();
            await client.GetAsync(address);
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }
}

public sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _open.Task;

    public void Open() => _open.SetResult();
}

public class ShutdownFunctions(Journal journal, Gate gate)
{
    [Function("Held")]
    public async Task<IResult> Held([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken cancellationToken)
    {
        _ = request;
        journal.Write("held");
        try
        {
            await gate.Opened.WaitAsync(cancellationToken);
            return Results.Text("released");
        }
        catch (OperationCanceledException)
        {
            return Results.Text("cancelled");
        }
    }
}
