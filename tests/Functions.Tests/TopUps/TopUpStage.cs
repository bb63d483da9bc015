using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Sandbox;
using WalletFunctions.Sandbox.Partners;
using WalletFunctions.TestSupport;
using WalletFunctions.Tests.EndToEnd;
using Xunit;

namespace Functions.Tests.TopUps;

/// <summary>One app for all tests of the class; each test has customers of its own.</summary>
public sealed class TopUpStage : IAsyncLifetime
{
    private readonly Queue<(string Phone, string Password, string Wallet)> people = new();

    internal TestApp App { get; private set; } = null!;

    internal AcquirerSide Acquirer { get; private set; } = null!;

    internal IServiceProvider Services => App.Services;

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Acquirer:TimeoutSeconds"] = "5", ["Bank:TimeoutSeconds"] = "5" });
        Acquirer = new AcquirerSide(App);
        foreach (var person in (await WalletClient.SeedAsync(App.Address, customers: 40))["customers"]!.AsArray())
        {
            people.Enqueue(((string)person!["phone"]!, (string)person["password"]!, (string)person["walletId"]!));
        }
    }

    public async Task DisposeAsync() => await App.DisposeAsync();

    internal async Task<Cardholder> NextCustomerAsync()
    {
        var (phone, password, wallet) = people.Dequeue();
        return await Cardholder.SignInAsync(App, phone, password, wallet);
    }
}

/// <summary>A demo customer with one bank card.</summary>
internal sealed record Cardholder(TestClient Client, WalletId Wallet, string CardId)
{
    public static async Task<Cardholder> SignInAsync(TestApp app, string phone, string password, string wallet)
    {
        var client = await app.SignInAsync(phone, password);
        var cards = (await client.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK).Json.GetProperty("items");
        return new Cardholder(client, WalletId.Of(wallet), cards[0].GetProperty("bankCardId").GetString()!);
    }

    public Task<TestAnswer> TopUpAsync(long fen, string key, string? card = null, string language = "en") => Client.SendAsync(
        HttpMethod.Post, "v1/topups", new { amount = Fen(fen), channel = "bank_card", bankCardId = card ?? CardId }, key, ("Accept-Language", language));

    public Task<TestAnswer> SendFromCardAsync(WalletId payee, long fen, string key, string language = "en") => Client.SendAsync(
        HttpMethod.Post, "v1/transfers", new { to = new { walletId = payee.Value }, amount = Fen(fen), source = "bank_card" }, key, ("Accept-Language", language));

    public async Task<long> AvailableAsync() =>
        (await Client.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Json.GetProperty("available").GetProperty("amount").GetInt64();

    public async Task<JsonElement> ReadAsync(string topUpId) => (await Client.GetAsync($"v1/topups/{topUpId}")).Must(HttpStatusCode.OK).Json;

    public async Task<JsonElement> UntilAsync(string topUpId, string status)
    {
        JsonElement seen = default;
        await Eventually.True($"top-up {topUpId} was {status}", async () => (seen = await ReadAsync(topUpId)).GetProperty("status").GetString() == status);
        return seen;
    }

    public async Task<IReadOnlyList<JsonElement>> TopUpsAsync() =>
        [.. (await Client.GetAsync("v1/topups")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()];

    private static object Fen(long fen) => new { amount = fen, currency = "CNY" };
}

/// <summary>The sandbox's acquirer, as a developer handles it, and as a forger would like to.</summary>
internal sealed class AcquirerSide(TestApp app)
{
    private static readonly HttpClient Http = new();

    public async Task BehaveAsync(string mode, int? afterSeconds = null, string? reason = null) =>
        (await app.Anonymous.PutAsync("sandbox/acquirer/behaviour", JsonSerializer.Serialize(
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["mode"] = mode, ["afterSeconds"] = afterSeconds, ["reason"] = reason }))).Must(HttpStatusCode.OK);

    public async Task<IReadOnlyList<JsonElement>> ChargesAsync(string topUpId) =>
        [.. (await app.Anonymous.GetAsync("sandbox/acquirer/charges")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Where(charge => charge.GetProperty("chargeId").GetString() == topUpId)];

    public async Task<int> CountAsync() =>
        (await app.Anonymous.GetAsync("sandbox/acquirer/charges")).Must(HttpStatusCode.OK).Json.GetProperty("items").GetArrayLength();

    public Task<TestAnswer> DecideAsync(string chargeId, string decision, string? reason = null) =>
        app.Anonymous.PostAsync($"sandbox/acquirer/charges/{chargeId}/{decision}", reason is null ? null : new { reason }, key: null);

    /// <summary>The card pays, and the callback is lost on the way.</summary>
    public async Task SettleInSilenceAsync(string chargeId)
    {
        var table = app.Services.GetRequiredService<Storage>().Table(SandboxAcquirer.TableName);
        var charge = (await app.Services.GetRequiredService<SandboxAcquirer>().Table.FindAsync(chargeId, CancellationToken.None))!;
        (charge.State, charge.SettledAt) = (nameof(OrderState.Settled), app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        await table.UpdateEntityAsync(charge, charge.ETag, TableUpdateMode.Replace);
    }

    /// <summary>Calls back by hand, signed with the secret that the sandbox shows.</summary>
    public async Task<HttpStatusCode> CallBackAsync(
        string chargeId, string outcome, string? messageId = null, TimeSpan age = default, bool forged = false, string? body = null)
    {
        var secret = (await app.Anonymous.GetAsync("sandbox/acquirer/behaviour")).Must(HttpStatusCode.OK).Text("webhookSecret");
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        if (forged)
        {
            key[0] ^= 1;
        }

        var bytes = Encoding.UTF8.GetBytes(body ?? JsonSerializer.Serialize(new { chargeId, outcome }));
        var id = messageId ?? Guid.NewGuid().ToString("N");
        var time = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, "v1/acquirer/callbacks"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", StandardWebhook.Sign(key, id, time, bytes));
        request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }
}
