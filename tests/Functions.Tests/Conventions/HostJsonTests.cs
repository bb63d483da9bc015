using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>The two host.json files say the same but for where orchestrations are kept, and docs/durable.md gives a reason for each number.</summary>
public sealed class HostJsonTests
{
    private static readonly JsonObject Storage = Read("src", "Functions", "host.json");
    private static readonly JsonObject Scheduler = Read("infra", "host.scheduler.json");

    private static JsonObject Read(params string[] path) => JsonNode.Parse(File.ReadAllText(Path.Combine([Repository.Root, .. path])))!.AsObject();

    [Fact]
    public void The_back_ends_differ_in_hub_and_storage_alone()
    {
        var (one, other) = (Storage.DeepClone(), Scheduler.DeepClone());
        foreach (var durable in new[] { one, other }.Select(file => file["extensions"]!["durableTask"]!.AsObject()))
        {
            durable.Remove("hubName").ShouldBeTrue();
            durable.Remove("storageProvider").ShouldBeTrue();
        }

        JsonNode.DeepEquals(one, other).ShouldBeTrue();
    }

    [Fact]
    public void Each_durable_setting_has_its_reason()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "durable.md"));
        var durable = Storage["extensions"]!["durableTask"]!.AsObject();
        var settings = durable.Select(setting => setting.Key).Where(name => name != "storageProvider").Concat(durable["storageProvider"]!.AsObject().Select(setting => setting.Key));
        settings.Where(name => !page.Contains($"{name}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
