using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace WalletFunctions.Bench;

/// <summary>The least that ASP.NET Core can be: what start-up time is measured beside. Runs in a process of its own.</summary>
internal static class EmptyApp
{
    public const string Argument = "--empty-app";

    public static async Task RunAsync(string port)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/", () => "ok");
        await app.RunAsync($"http://127.0.0.1:{port}");
    }
}
