using Microsoft.Extensions.Configuration;

namespace WalletFunctions.Platform.Partners;

/// <summary>How a partner that moves money outside (the bank, the acquirer) is reached and recognised. <c>{Section}</c> is its own section of the settings.</summary>
public abstract class PartnerOptions
{
    /// <summary>How Standard Webhooks writes secrets.</summary>
    private const string SecretPrefix = "whsec_";

    private readonly IConfiguration configuration;
    private readonly string section;

    /// <exception cref="SettingsException">Without the sandbox, a setting is missing or malformed.</exception>
    private protected PartnerOptions(string section, IConfiguration configuration, SandboxOptions sandbox, Secrets secrets)
    {
        (this.section, this.configuration) = (section, configuration);
        if (!sandbox.Enabled && string.IsNullOrEmpty(configuration[$"{section}:BaseUrl"]))
        {
            throw new SettingsException($"Set {section}:BaseUrl to the partner's address.");
        }

        RequestKey = Key("RequestSecret", "requests", sandbox, secrets);
        WebhookKey = Key("WebhookSecret", "webhooks", sandbox, secrets);
        SandboxWebhookSecret = string.IsNullOrEmpty(configuration[$"{section}:WebhookSecret"]) ? SecretPrefix + Convert.ToBase64String(WebhookKey) : null;
        Timeout = TimeSpan.FromSeconds(configuration.GetValue($"{section}:TimeoutSeconds", 10));
    }

    /// <summary><c>{Section}:BaseUrl</c>; the sandbox's own counterpart unless given.</summary>
    internal Uri BaseUrl => configuration[$"{section}:BaseUrl"] is { Length: > 0 } url
        ? new Uri(url.TrimEnd('/') + "/")
        : Here($"sandbox/{section.ToLowerInvariant()}/");

    /// <summary>Where the sandbox's counterpart calls back: this host.</summary>
    internal Uri CallbackUrl => Here($"v1/{section.ToLowerInvariant()}/callbacks");

    /// <summary><c>{Section}:RequestSecret</c> (base64): signs our requests.</summary>
    internal byte[] RequestKey { get; }

    /// <summary><c>{Section}:WebhookSecret</c> (<c>whsec_</c> and base64): proves the partner's callbacks and daily files.</summary>
    internal byte[] WebhookKey { get; }

    /// <summary>The callbacks' secret where it is the sandbox's own, which a developer may see; else null.</summary>
    internal string? SandboxWebhookSecret { get; }

    /// <summary><c>{Section}:TimeoutSeconds</c>, 10 unless given: after it the answer counts as unknown.</summary>
    internal TimeSpan Timeout { get; }

    /// <summary>The partner's name, for the log.</summary>
    internal string Name => section;

    /// <summary>This host's own address. Read when it is needed: a host on a port of the system's choice knows it only once it listens.</summary>
    private Uri Here(string path) => configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host
        ? new Uri($"http://{host}/api/{path}")
        : throw new InvalidOperationException("WEBSITE_HOSTNAME is not set: the host does not listen yet.");

    private byte[] Key(string name, string purpose, SandboxOptions sandbox, Secrets secrets)
    {
        var setting = $"{section}:{name}";
        var configured = configuration[setting];
        if (string.IsNullOrEmpty(configured))
        {
            return sandbox.Enabled ? secrets.Key($"{section.ToLowerInvariant()}-{purpose}") : throw new SettingsException($"Set {setting} to the secret that the partner gave.");
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
