using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace WalletFunctions.Soak;

/// <summary>What came back, as it was on the wire.</summary>
/// <param name="RequestId">Of the try that got it.</param>
internal sealed record SoakAnswer(int Status, string Text, bool Replayed, string RequestId)
{
    private JsonElement? json;

    public JsonElement Json => json ??= JsonElement.Parse(Text);

    public string? Code => Status >= 400 && Text.StartsWith('{') && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>Whether asking again with the same key must give the same.</summary>
    public bool IsKept => Status is (>= 200 and < 300) or 422 || (Status == 409 && Code is not ("idempotency_key_in_flight" or "already_in_progress"));

    /// <summary>Whether asking again is of use: it was not decided.</summary>
    public bool IsPassing => Status is 429 or >= 500 || (Status == 409 && !IsKept);

    /// <summary>A member by its path (<c>amount.amount</c>), as text; null where there is none.</summary>
    public string? Member(string path)
    {
        var at = Json;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.Null ? null : at.ToString();
    }

    public override string ToString() => $"{Status}{(Replayed ? " (replayed)" : "")} {Text} [request {RequestId}]";
}

/// <summary>One installation of the app in somebody's hands: asks either host, and asks again until it is told.</summary>
/// <param name="name">For messages and request ids.</param>
/// <param name="round">The hosts and what all clients share.</param>
/// <param name="luck">Decides what must not change the operations: which host is asked.</param>
internal sealed class SoakCaller(string name, SoakRound round, Random luck) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { Timeout = TimeSpan.FromSeconds(40) };
    private AuthenticationHeaderValue? token;
    private int asked;

    public string Name => name;

    public async Task SignInAsync(JsonElement person)
    {
        var (phone, password) = (person.GetProperty("phone").GetString(), person.GetProperty("password").GetString());
        object form = new { grant = "password", phone, password };
        var answer = await AskAsync("POST", "v1/tokens", Json(form));
        if (answer.Code == "totp_required")
        {
            var totp = (await AskAsync("GET", $"sandbox/totp?phone={phone}")).Member("code");
            answer = await AskAsync("POST", "v1/tokens", Json(new { grant = "password", phone, password, totp }));
        }

        token = new AuthenticationHeaderValue("Bearer", Must(answer, 200).Member("accessToken"));
    }

    /// <summary>Asks until there is an answer that says something: lost connections, 429, 5xx and "in flight" are asked again, of either host.</summary>
    /// <param name="body">JSON, or null.</param>
    /// <param name="isPassing">What counts as undecided, where that is not the usual.</param>
    public async Task<SoakAnswer> AskAsync(string method, string path, string? body = null, string? key = null, string? device = null, Func<SoakAnswer, bool>? isPassing = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        SoakAnswer? last = null;
        for (var number = Interlocked.Increment(ref asked); TimeProvider.System.GetElapsedTime(started) < Patience;)
        {
            round.Stop.ThrowIfCancellationRequested();
            try
            {
                last = await SendAsync(method, path, body, key, device, $"{name}.{number}.{Interlocked.Increment(ref asked)}");
                if (!(isPassing?.Invoke(last) ?? last.IsPassing))
                {
                    return last;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException)
            {
                // The host is dead or was slow: the same key makes asking again safe.
            }

            round.Report.AddRetry();
            await Task.Delay(TimeSpan.FromMilliseconds(50 + Below(150)), round.Stop);
        }

        throw new SoakFailure($"{name}: {method} {path} (key {key}) was not decided within {Patience.TotalSeconds} s; last: {last?.ToString() ?? "no answer"}");
    }

    /// <summary>Fails unless the answer has this status.</summary>
    public SoakAnswer Must(SoakAnswer answer, int status) => answer.Status == status ? answer : throw new SoakFailure($"{name}: wanted {status}, got {answer}");

    public async Task<SoakAnswer> ReadAsync(string path) => Must(await AskAsync("GET", path), 200);

    /// <summary>A whole list, newest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await ReadAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}");
            items.AddRange(page.Json.GetProperty("items").EnumerateArray());
            cursor = page.Member("nextCursor");
        }
        while (cursor is not null);
        return items;
    }

    public static string Json(object body) => JsonSerializer.Serialize(body, JsonSerializerOptions.Web);

    public void Dispose() => http.Dispose();

    private async Task<SoakAnswer> SendAsync(string method, string path, string? body, string? key, string? device, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), new Uri(round.Hosts.Address(Below(SoakHosts.Count)), "/api/" + path));
        request.Headers.Authorization = token;
        request.Headers.Add("X-Request-Id", id);
        request.Headers.Add("X-Device-Id", device ?? name);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, round.Stop);
        return new SoakAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(round.Stop), response.Headers.Contains("Idempotent-Replayed"), id);
    }

    private int Below(int limit)
    {
        lock (luck)
        {
            return luck.Next(limit);
        }
    }
}
