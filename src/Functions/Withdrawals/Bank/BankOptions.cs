using Microsoft.Extensions.Configuration;
using WalletFunctions.Platform;

namespace WalletFunctions.Withdrawals.Bank;

/// <summary>How the bank is reached and recognised.</summary>
public sealed class BankOptions
{
    /// <summary>How Standard Webhooks writes secrets.</summary>
    private const string SecretPrefix = "whsec_";

    private readonly IConfiguration configuration;

    private BankOptions(IConfiguration configuration, byte[] requestKey, byte[] webhookKey, bool isSandboxWebhookKey, TimeSpan timeout)
    {
        (this.configuration, RequestKey, WebhookKey, Timeout) = (configuration, requestKey, webhookKey, timeout);
        SandboxWebhookSecret = isSandboxWebhookKey ? SecretPrefix + Convert.ToBase64String(webhookKey) : null;
    }

    /// <summary><c>Bank:BaseUrl</c>; the sandbox's own bank unless given.</summary>
    internal Uri BaseUrl => configuration["Bank:BaseUrl"] is { Length: > 0 } url ? new Uri(url.TrimEnd('/') + "/") : Here("sandbox/bank/");

    /// <summary>Where the sandbox's bank calls back: this host.</summary>
    internal Uri CallbackUrl => Here("v1/bank/callbacks");

    /// <summary><c>Bank:RequestSecret</c> (base64): signs our requests.</summary>
    internal byte[] RequestKey { get; }

    /// <summary><c>Bank:WebhookSecret</c> (<c>whsec_</c> and base64): proves the bank's callbacks.</summary>
    internal byte[] WebhookKey { get; }

    /// <summary>The callbacks' secret where it is the sandbox's own, which a developer may see; else null.</summary>
    internal string? SandboxWebhookSecret { get; }

    /// <summary><c>Bank:TimeoutSeconds</c>, 10 unless given: after it the answer counts as unknown.</summary>
    internal TimeSpan Timeout { get; }

    /// <exception cref="SettingsException">Without the sandbox, a setting is missing or malformed.</exception>
    internal static BankOptions From(IConfiguration configuration, SandboxOptions sandbox, Secrets secrets)
    {
        var bank = configuration.GetSection("Bank");
        if (!sandbox.Enabled && string.IsNullOrEmpty(bank["BaseUrl"]))
        {
            throw new SettingsException("Set Bank:BaseUrl to the bank's address.");
        }

        return new BankOptions(
            configuration,
            Key(bank["RequestSecret"], "Bank:RequestSecret", "bank-requests", sandbox, secrets),
            Key(bank["WebhookSecret"], "Bank:WebhookSecret", "bank-webhooks", sandbox, secrets),
            isSandboxWebhookKey: string.IsNullOrEmpty(bank["WebhookSecret"]),
            TimeSpan.FromSeconds(bank.GetValue("TimeoutSeconds", 10)));
    }

    /// <summary>This host's own address. Read when it is needed: a host on a port of the system's choice knows it only once it listens.</summary>
    private Uri Here(string path) => configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host
        ? new Uri($"http://{host}/api/{path}")
        : throw new InvalidOperationException("WEBSITE_HOSTNAME is not set: the host does not listen yet.");

    private static byte[] Key(string? configured, string setting, string purpose, SandboxOptions sandbox, Secrets secrets)
    {
        if (string.IsNullOrEmpty(configured))
        {
            return sandbox.Enabled ? secrets.Key(purpose) : throw new SettingsException($"Set {setting} to the secret that the bank gave.");
        }

        try
        {
            return Convert.FromBase64String(configured.StartsWith(SecretPrefix, StringComparison.Ordinal) ? configured[SecretPrefix.Length..] : configured);
        }
        catch (FormatException)
        {
            throw new SettingsException($"{setting} must be base64.");
        }
    }
}
