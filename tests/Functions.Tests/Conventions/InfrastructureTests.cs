using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shouldly;
using WalletFunctions;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>infra/main.bicep gives the app every setting it reads and every role it uses.</summary>
public partial class InfrastructureTests
{
    private static readonly string Bicep = File.ReadAllText(Path.Combine(Repository.Root, "infra", "main.bicep"));

    /// <summary>Settings whose defaults are right for Azure, with what they are for.</summary>
    private static readonly string[] WithDefaults =
    [
        "App:MinimumVersion", // any client, until one is too old
        "AzureWebJobsStorage", // tried before the account's name
        "Acquirer:TimeoutSeconds",
        "Bank:TimeoutSeconds",
        "Ledger:IntentAge", // 30 seconds
        "Mail:Acs:ConnectionString", // the endpoint and the identity are used instead
        "Mail:From:Name",
        "Mail:Smtp:Host", // Communication Services carry the mail
        "MerchantWebhooks:TimeoutSeconds",
        "Rules:FeeNoticeDays", // 30
        "Sandbox:Enabled", // never in Azure
        "SignIn:PerMinute",
        "Vouchers:Issuer",
        "Withdrawals:CutOff",
        "Withdrawals:WorkingDays",
    ];

    /// <summary>What a mailbox may need beyond host, user and password; see MailOptions.</summary>
    private static readonly string[] MailboxDetails = ["CertificateSha256", "CheckRevocation", "Folder", "MaxBytes", "MoveTo", "Port", "Security", "TokenScope"];

    /// <summary>Each SDK that the app's source uses, with the role that its calls need.</summary>
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["Azure.Storage.Blobs"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Azure.Storage.Queues"] = "974c5e8b-45b9-4653-ba55-5f855dd0fbf8",
        ["Azure.Data.Tables"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["Azure.Communication.Email"] = "09976791-48a7-449e-bb21-39d1a415f350",
    };

    [Fact]
    public async Task The_app_starts_with_the_template_settings_and_reads_no_other_without_a_default()
    {
        var given = Settings().Matches(Bicep).Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var key = Convert.ToBase64String(new byte[32]);
        var read = new ConcurrentDictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        var builder = FunctionsApplication.CreateBuilder(["--port", "0", "--functions-assembly", "WalletFunctions"]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(given.ToDictionary(name => name, string? (name) => name switch
        {
            "Acquirer:BaseUrl" => "https://acquirer.example/",
            "Bank:BaseUrl" => "https://bank.example/",
            "Mail:Acs:Endpoint" => "https://mail.example/",
            "Mail:Domain" => "wallet.example",
            "Sms:BaseUrl" => "https://sms.example/",
            "Mail:From:Address" => "support@wallet.example",
            "Reconciliation:Schedule" => "0 10 * * * *",
            "Reviews:Schedule" => "*/30 * * * * *",
            _ => key,
        }, StringComparer.OrdinalIgnoreCase));
        // The one thing that the template names and this machine cannot reach: the account, through the identity.
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["AzureWebJobsStorage"] = Azurite.NewAccount() });
        builder.Configuration.Sources.Add(new Recording(read));

        using var app = builder.AddWallet().Build();
        await app.StartAsync();
        await app.StopAsync();

        read.Keys.Where(IsOurs).Except(given, StringComparer.OrdinalIgnoreCase).Except(WithDefaults, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Fact]
    public void Every_service_that_the_app_calls_has_its_role()
    {
        var used = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Functions"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Select(line => Sdk().Match(line).Groups["sdk"].Value)
            .Where(sdk => sdk.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToList();

        used.ShouldContain("Azure.Data.Tables");
        used.Except(Roles.Keys, StringComparer.Ordinal).ShouldBeEmpty("a service without a known role");
        used.Where(sdk => !Bicep.Contains(Roles[sdk], StringComparison.Ordinal)).ShouldBeEmpty("a role that the template lacks");
    }

    private static bool IsOurs(string setting) =>
        OurSections().IsMatch(setting) && !MailboxDetails.Any(detail => setting.EndsWith(":" + detail, StringComparison.Ordinal));

    [GeneratedRegex(@"^      (?<name>[A-Za-z]\w+): ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Settings();

    [GeneratedRegex(@"^using (?<sdk>Azure\.(Storage|Data|Communication)\.\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sdk();

    [GeneratedRegex("^(Accounts|Acquirer|App|Bank|Inbox|Mail|Reconciliation|Rules|Sandbox|Secrets|SignIn|Sms|Wallet|Withdrawals|AzureWebJobsStorage)(:|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OurSections();

    /// <summary>Has no values; remembers what was asked for.</summary>
    private sealed class Recording(ConcurrentDictionary<string, bool> read) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            read[key] = true;
            value = null;
            return false;
        }
    }
}
