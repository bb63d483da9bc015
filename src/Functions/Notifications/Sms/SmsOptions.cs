using Microsoft.Extensions.Configuration;
using WalletFunctions.Platform;

namespace WalletFunctions.Notifications.Sms;

/// <summary>How the gateway of short messages is reached.</summary>
/// <param name="BaseUrl"><c>Sms:BaseUrl</c>; ends in a slash. Asked for when it is needed: the sandbox's gateway is this host, which knows its port only once it listens.</param>
/// <param name="RequestKey"><c>Sms:RequestSecret</c>, base64: signs our requests.</param>
internal sealed record SmsOptions(Func<Uri> BaseUrl, byte[] RequestKey)
{
    /// <summary>Null where none is configured; in the sandbox it is the sandbox's own.</summary>
    /// <exception cref="SettingsException">One setting is there without the other, or malformed.</exception>
    public static SmsOptions? From(IConfiguration configuration, SandboxOptions sandbox, Secrets secrets)
    {
        var (url, secret) = (configuration["Sms:BaseUrl"], configuration["Sms:RequestSecret"]);
        if (string.IsNullOrEmpty(url))
        {
            return sandbox.Enabled ? new SmsOptions(() => Here(configuration), secrets.Key("sms-requests")) : null;
        }

        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            throw new SettingsException("Sms:BaseUrl must be an http(s) address.");
        }

        var key = new byte[256];
        return !string.IsNullOrEmpty(secret) && Convert.TryFromBase64String(secret, key, out var length) && length > 0
            ? new SmsOptions(() => address, key[..length])
            : throw new SettingsException("Set Sms:RequestSecret to the secret that the gateway gave, in base64.");
    }

    private static Uri Here(IConfiguration configuration) => configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host
        ? new Uri($"http://{host}/api/sandbox/sms/")
        : throw new InvalidOperationException("WEBSITE_HOSTNAME is not set: the host does not listen yet.");
}
