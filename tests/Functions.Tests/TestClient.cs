using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Functions.Tests;

/// <summary>A caller of the HTTP API, signed in or not.</summary>
internal sealed class TestClient(Uri address, string? token) : IDisposable
{
    /// <summary>Stands for "make a new idempotency key".</summary>
    public const string NewKey = "new";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public string? Token { get; } = token;

    public Task<TestAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <param name="body">An object is sent as JSON, a string as it is, null as no body.</param>
    /// <param name="key">The idempotency key; null sends none.</param>
    public Task<TestAnswer> PostAsync(string path, object? body, string? key = NewKey) => SendAsync(HttpMethod.Post, path, body, key);

    public Task<TestAnswer> PutAsync(string path, object? body) => SendAsync(HttpMethod.Put, path, body);

    public Task<TestAnswer> PatchAsync(string path, object? body, string? ifMatch = null) => SendAsync(HttpMethod.Patch, path, body, headers: ifMatch is null ? [] : [("If-Match", ifMatch)]);

    public Task<TestAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<TestAnswer> SendAsync(HttpMethod method, string path, object? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body, Json), Encoding.UTF8, "application/json");
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key == NewKey ? Guid.NewGuid().ToString() : key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<TestAnswer> SendAsync(HttpRequestMessage request)
    {
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        using var response = await http.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new TestAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }

    public void Dispose() => http.Dispose();
}

/// <summary>What came back.</summary>
internal sealed record TestAnswer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The problem's code; null for an answer that is none.</summary>
    public string? Code => Header("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal) == true ? Text("code") : null;

    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    /// <summary>A member's text, by its path: <c>contact.name</c>.</summary>
    public string Text(string path) => path.Split('.').Aggregate(Json, (element, name) => element.GetProperty(name)).ToString();

    /// <summary>The items of a list.</summary>
    public JsonElement[] Items() => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>Fails with the whole answer when the status is another.</summary>
    public TestAnswer Must(HttpStatusCode status) => Status == status ? this : throw new InvalidOperationException($"Wanted {(int)status}, got {(int)Status}: {Body}");

    /// <summary>Fails with the whole answer when it is not this refusal.</summary>
    public TestAnswer MustRefuse(HttpStatusCode status, string code) =>
        Status == status && Code == code ? this : throw new InvalidOperationException($"Wanted {(int)status} {code}, got {(int)Status}: {Body}");
}
