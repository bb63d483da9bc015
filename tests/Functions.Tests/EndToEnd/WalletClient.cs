using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>A client as a careful app writes one: every POST carries a key, and what was not answered is asked again with the same key.</summary>
internal sealed class WalletClient : IDisposable
{
    private readonly Func<Uri> host;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private AuthenticationHeaderValue? token;

    /// <param name="host">Where to send the next try: a host that died may come back, or another may serve.</param>
    public WalletClient(Func<Uri> host) => this.host = host;

    public static async Task<JsonObject> SeedAsync(Uri host, int customers = 3, int merchants = 2)
    {
        using var client = new WalletClient(() => host);
        var seed = await client.SendAsync(HttpMethod.Post, "/api/sandbox/seed", new JsonObject { ["customers"] = customers, ["merchants"] = merchants });
        return seed.Expect(HttpStatusCode.OK).Body!.AsObject();
    }

    public async Task SignInAsync(JsonNode person)
    {
        var answer = await SendAsync(HttpMethod.Post, "/api/v1/tokens", new JsonObject
        {
            ["grant"] = "password",
            ["phone"] = (string)person["phone"]!,
            ["password"] = (string)person["password"]!,
            ["totp"] = await TotpAsync(person),
        });
        token = new AuthenticationHeaderValue("Bearer", (string)answer.Expect(HttpStatusCode.OK).Body!["accessToken"]!);
    }

    /// <summary>Sends a request once, whatever comes back; a lost connection throws.</summary>
    public async Task<WalletAnswer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? key = null, IReadOnlyDictionary<string, string>? headers = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(host(), path));
        request.Headers.Authorization = token;
        request.Headers.AcceptLanguage.ParseAdd("en");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        foreach (var (name, value) in headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new WalletAnswer(response.StatusCode, text, response.Headers.Contains("Idempotent-Replayed"), response.Headers.ETag?.ToString());
    }

    /// <summary>Posts with a key until there is a final answer: lost connections, 409 in flight, 429 and 5xx are tried again.</summary>
    public async Task<WalletAnswer> PostUntilAnsweredAsync(string path, JsonNode body, string key, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        WalletAnswer? last = null;
        while (!timeout.IsCancellationRequested)
        {
            try
            {
                last = await SendAsync(HttpMethod.Post, path, body.DeepClone(), key);
                if (last.IsFinal)
                {
                    return last;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
            {
                // The host is gone or was slow: the same key makes asking again safe.
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"No final answer to POST {path} within {limit}; last: {last}");
    }

    public Task<WalletAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public void Dispose() => http.Dispose();

    private async Task<string?> TotpAsync(JsonNode person)
    {
        var answer = await SendAsync(HttpMethod.Get, $"/api/sandbox/totp?phone={Uri.EscapeDataString((string)person["phone"]!)}");
        return answer.Status == HttpStatusCode.OK ? (string?)answer.Body!["code"] : null;
    }
}

/// <summary>What came back.</summary>
internal sealed record WalletAnswer(HttpStatusCode Status, string Text, bool Replayed, string? ETag)
{
    public JsonNode? Body => Text.Length == 0 ? null : JsonNode.Parse(Text);

    public string? Code => (string?)Body?["code"];

    /// <summary>Whether asking again with the same key must give the same.</summary>
    public bool IsFinal => (int)Status is >= 200 and < 300 or 422 || (Status == HttpStatusCode.Conflict && Code != "idempotency_key_in_flight");

    public WalletAnswer Expect(HttpStatusCode status) => Status == status
        ? this
        : throw new JsonException($"Expected {(int)status}, got {this}");

    public override string ToString() => $"{(int)Status} {Text}";
}
