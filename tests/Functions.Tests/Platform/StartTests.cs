using Shouldly;
using WalletFunctions;
using WalletFunctions.Platform;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class StartTests
{
    private const string Real = "DefaultEndpointsProtocol=https;AccountName=prod;AccountKey=a2V5;EndpointSuffix=core.windows.net";

    [Theory]
    [InlineData("UseDevelopmentStorage=true", true)]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://storage.example", false)]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://localhost:2/a;TableEndpoint=http://[::1]:3/a", true)]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://10.0.0.1:2/a;TableEndpoint=http://127.0.0.1:3/a", false)]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:3/a", false)]
    [InlineData(Real, false)]
    public void The_sandbox_runs_only_on_a_storage_of_this_machine(string connection, bool runs)
    {
        var configuration = Settings(("AzureWebJobsStorage", connection), ("Sandbox:Enabled", "true"));
        if (runs)
        {
            SandboxOptions.From(configuration).Enabled.ShouldBeTrue();
        }
        else
        {
            Should.Throw<SettingsException>(() => SandboxOptions.From(configuration)).Message.ShouldContain("Sandbox:Enabled");
        }
    }

    [Fact]
    public void An_account_by_its_name_is_not_this_machine() => Should.Throw<SettingsException>(() =>
        SandboxOptions.From(Settings(("AzureWebJobsStorage:accountName", "prod"), ("Sandbox:Enabled", "true"))));

    [Fact]
    public void The_program_says_in_one_sentence_why_it_does_not_start()
    {
        var (before, error) = (Console.Error, new StringWriter());
        Console.SetError(error);
        try
        {
            WalletApp.Run(["--AzureWebJobsStorage", Real, "--Sandbox:Enabled", "true", "--functions-assembly", "WalletFunctions"]).ShouldBe(1);
        }
        finally
        {
            Console.SetError(before);
        }

        error.ToString().Trim().Split('\n').ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void Without_the_sandbox_a_root_secret_is_needed(string? secret) =>
        Should.Throw<SettingsException>(() => Secrets.From(Settings(("Secrets:Root", secret)), new SandboxOptions(Enabled: false)));

    private static IConfiguration Settings(params (string Name, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build();
}
