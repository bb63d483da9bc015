using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Functions.Tests;
using Xunit;

namespace WalletFunctions.Tests.Settings;

/// <summary>Two hosts on one storage, whose rules the tests of a class may change: each class has a stage, each test a setting.</summary>
public sealed class RuleStage : IAsyncLifetime
{
    internal TestApp App { get; private set; } = null!;

    internal TestApp Other { get; private set; } = null!;

    internal TestClient Admin { get; private set; } = null!;

    internal TestClient Supervisor { get; private set; } = null!;

    internal TestClient Customer { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        Other = await TestApp.StartAsync(connectionString: App.ConnectionString);
        Admin = await App.AdminAsync();
        Supervisor = await App.SupervisorAsync();
        Customer = await App.CustomerAsync();
    }

    public async Task DisposeAsync()
    {
        await Other.DisposeAsync();
        await App.DisposeAsync();
    }

    /// <summary>What is in force, as a proposal that may be changed.</summary>
    internal async Task<JsonNode> ContentAsync(string setting) =>
        JsonNode.Parse((await Supervisor.GetAsync($"v1/admin/settings/{setting}")).Must(HttpStatusCode.OK).Body)!["current"]!["content"]!.DeepClone();

    internal Task<TestAnswer> ProposeAsync(string setting, JsonNode content, DateTimeOffset? from = null, params (string, string)[] headers) =>
        Admin.SendAsync(HttpMethod.Put, $"v1/admin/settings/{setting}", new { content, effectiveFrom = from, note = "因为" }, null, headers);

    internal static Task<TestAnswer> DecideAsync(TestClient by, string setting, int version, string verb = "approve", string key = TestClient.NewKey) =>
        by.PostAsync($"v1/admin/settings/{setting}/versions/{version}/{verb}", null, key);

    /// <summary>Proposes and approves; answers the approved version.</summary>
    internal async Task<TestAnswer> ChangeAsync(string setting, JsonNode content, DateTimeOffset? from = null)
    {
        var proposed = (await ProposeAsync(setting, content, from)).Must(HttpStatusCode.Accepted);
        return (await DecideAsync(Supervisor, setting, proposed.Json.GetProperty("version").GetInt32())).Must(HttpStatusCode.OK);
    }

    internal async Task<DateTimeOffset> NowAsync() => Time((await App.Anonymous.GetAsync("sandbox/clock")).Must(HttpStatusCode.OK), "now");

    internal async Task MoveToAsync(DateTimeOffset now) => (await App.Anonymous.PutAsync("sandbox/clock", new { now })).Must(HttpStatusCode.OK);

    internal static DateTimeOffset Time(TestAnswer answer, string path) => DateTimeOffset.Parse(answer.Text(path), CultureInfo.InvariantCulture);
}
