using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Embedded.Tests.Email;

/// <summary>Stands for the e-mail service: verifies signatures, takes a mail once per Operation-Id, and fails in the documented ways.</summary>
internal sealed class StandInService : IAsyncDisposable
{
    public const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _looks = new(StringComparer.Ordinal);
    private int _requests;

    private StandInService(WebApplication app) => _app = app;

    /// <summary>Operation id to the JSON that was sent.</summary>
    public ConcurrentDictionary<string, string> Outbox { get; } = new(StringComparer.Ordinal);

    /// <summary>How many looks at a status answer "Running" first.</summary>
    public int Running { get; set; } = 1;

    /// <summary>The error code of the terminal failure; null: it succeeds.</summary>
    public string? FailsWith { get; set; }

    /// <summary>How many requests are throttled first.</summary>
    public int Throttled { get; set; }

    public int Requests => _requests;

    public string ConnectionString(string key = Key) => $"endpoint={_app.Urls.First()}/;accesskey={key}";

    public static async Task<StandInService> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new StandInService(app);
        app.MapPost("/emails:send", (Delegate)service.Send);
        app.MapGet("/emails/operations/{id}", (Delegate)service.Status);
        await app.StartAsync();
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> Send(HttpContext http)
    {
        var body = await Body(http);
        if (Refusal(http, body) is { } refusal) return refusal;
        var id = http.Request.Headers["Operation-Id"].ToString();
        var json = Encoding.UTF8.GetString(body);
        if (json.Contains("refused@", StringComparison.Ordinal)) return Error(http, 400, "InvalidEmailAddress");
        Outbox.TryAdd(id, json);
        http.Response.Headers["Operation-Location"] = $"{http.Request.Scheme}://{http.Request.Host}/emails/operations/{id}";
        http.Response.Headers.RetryAfter = "1";
        return Results.Json(new { id, status = "Running", error = (object?)null }, statusCode: 202);
    }

    private async Task<IResult> Status(HttpContext http, string id)
    {
        if (Refusal(http, await Body(http)) is { } refusal) return refusal;
        if (!Outbox.ContainsKey(id)) return Error(http, 404, "OperationNotFound");
        if (_looks.AddOrUpdate(id, 1, (_, n) => n + 1) <= Running) return Results.Json(new { id, status = "Running" });
        return FailsWith is null
            ? Results.Json(new { id, status = "Succeeded", extra = 1 })
            : Results.Json(new { id, status = "Failed", error = new { code = FailsWith, message = "All recipients are suppressed." } });
    }

    private IResult? Refusal(HttpContext http, byte[] body)
    {
        Interlocked.Increment(ref _requests);
        if (!Signed(http.Request, body)) return Error(http, 401, "Unauthorized");
        if (Throttled <= 0) return null;
        Throttled--;
        http.Response.Headers.RetryAfter = "1";
        return Error(http, 429, "TooManyRequests");
    }

    private static bool Signed(HttpRequest request, byte[] body)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(body));
        var date = request.Headers["x-ms-date"].ToString();
        var text = $"{request.Method}\n{request.Path}{request.QueryString}\n{date};{request.Host};{hash}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.ASCII.GetBytes(text)));
        return request.Headers["x-ms-content-sha256"] == hash && Math.Abs((DateTimeOffset.UtcNow - DateTimeOffset.Parse(date)).TotalMinutes) < 5
            && request.Headers.Authorization == $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}";
    }

    private static IResult Error(HttpContext http, int status, string code)
    {
        http.Response.Headers["x-ms-error-code"] = code;
        return Results.Json(new { error = new { code, message = code + "." } }, statusCode: status);
    }

    private static async Task<byte[]> Body(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
