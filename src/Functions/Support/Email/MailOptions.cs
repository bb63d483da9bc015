using System.Globalization;
using System.Net;
using MailKit.Security;
using Microsoft.Extensions.Configuration;
using MimeKit;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>How to reach a mail server and who we are there. Read once at start; what is missing or contradicts itself stops the start.</summary>
/// <param name="Security"><c>tls</c> (from the first byte), <c>starttls</c> (demanded), or <c>none</c>, which only a server on this machine may have.</param>
/// <param name="Password">Null where a token is used, or where the server asks for nothing.</param>
/// <param name="TokenScope">OAuth scope of a token of the app's own identity, for example <c>https://outlook.office365.com/.default</c>.</param>
/// <param name="CertificateSha256">The one certificate to accept, for a server whose certificate nobody vouches for.</param>
/// <param name="CheckRevocation">Off only where the certificate's revocation list cannot be reached.</param>
internal sealed record MailServer(string Host, int Port, SecureSocketOptions Security, string? User, string? Password, string? TokenScope, string? CertificateSha256, bool CheckRevocation)
{
    /// <summary>Milliseconds for one network operation.</summary>
    public int Timeout { get; init; } = 60_000;

    public static MailServer? From(IConfigurationSection section, int tlsPort, int startTlsPort)
    {
        // Deployments write every setting, and leave empty what they do not use.
        if (section.GetChildren().All(setting => string.IsNullOrEmpty(setting.Value))) return null;
        var host = Required(section, "Host");
        var security = (Optional(section, "Security") ?? "tls").ToLowerInvariant() switch
        {
            "tls" => SecureSocketOptions.SslOnConnect,
            "starttls" => SecureSocketOptions.StartTls,
            "none" => SecureSocketOptions.None,
            _ => throw new SettingsException($"{section.Path}:Security must be tls, starttls or none."),
        };
        if (security == SecureSocketOptions.None && host != "localhost" && !(IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip)))
        {
            throw new SettingsException($"{section.Path}:Security is none, but the server is not on this machine: mail and password would travel in clear text.");
        }

        var port = Optional(section, "Port") is { } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number : throw new SettingsException($"{section.Path}:Port must be a port number.") : security == SecureSocketOptions.SslOnConnect ? tlsPort : startTlsPort;
        var (user, password, scope) = (Optional(section, "User"), Optional(section, "Password"), Optional(section, "TokenScope"));
        if (password is not null && scope is not null) throw new SettingsException($"{section.Path} has both a Password and a TokenScope; it can sign in with one of them.");
        if (user is null != (password is null && scope is null)) throw new SettingsException($"{section.Path} needs a User together with a Password or a TokenScope.");
        if (Optional(section, "CertificateSha256") is { } pin && (pin.Length != 64 || !pin.All(char.IsAsciiHexDigit))) throw new SettingsException($"{section.Path}:CertificateSha256 must be 64 hexadecimal digits.");
        return new MailServer(host, port, security, user, password, scope, Optional(section, "CertificateSha256"), section.GetValue("CheckRevocation", true));
    }

    internal static string? Optional(IConfiguration section, string name) => section[name] is { Length: > 0 } value ? value : null;

    internal static string Required(IConfigurationSection section, string name) =>
        Optional(section, name) ?? throw new SettingsException($"{section.Path}:{name} is not set.");
}

/// <summary>The mailbox that is fetched: settings <c>Mail:Imap:…</c>. No host: nothing is fetched.</summary>
/// <param name="Folder">The mailbox's folder.</param>
/// <param name="MoveTo">Where stored mail is moved to; null: it stays and is marked as seen.</param>
internal sealed record ImapOptions(MailServer Server, string Folder, string? MoveTo)
{
    /// <summary>Messages up to this many bytes are fetched whole, in order; bigger ones after them, through a temporary file.</summary>
    public uint WholeUpTo { get; init; } = 1 << 20;

    /// <summary>Messages that are looked at together.</summary>
    public int Batch { get; init; } = 100;

    /// <summary>How long one run may start new batches; the next run goes on.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Names the mailbox in keys; holds an address, so it is never logged.</summary>
    public string Mailbox => $"{Server.User}@{Server.Host}/{Folder}";

    public static ImapOptions? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Mail:Imap");
        if (MailServer.From(section, 993, 143) is not { } server) return null;
        if (server.User is null) throw new SettingsException("Mail:Imap needs a User together with a Password or a TokenScope.");
        return new ImapOptions(server, MailServer.Optional(section, "Folder") ?? "INBOX", MailServer.Optional(section, "MoveTo"));
    }
}

/// <summary>Who our mail is from: settings <c>Mail:From:Address</c> and <c>Mail:From:Name</c>.</summary>
internal sealed record MailIdentity(string Address, string Name)
{
    public static MailIdentity From(IConfiguration configuration)
    {
        var section = configuration.GetSection("Mail:From");
        var address = MailServer.Required(section, "Address");
        return MailboxAddress.TryParse(address, out var mailbox) && mailbox.Address == address && address.Contains('@', StringComparison.Ordinal)
            ? new MailIdentity(address, section["Name"] ?? "")
            : throw new SettingsException("Mail:From:Address is not a mail address.");
    }
}

/// <summary>How mail goes out: <c>Mail:Smtp:…</c> or <c>Mail:Acs:ConnectionString</c> or <c>Mail:Acs:Endpoint</c>; neither: the sandbox's outbox.</summary>
internal sealed record OutgoingOptions(MailServer? Smtp, string? AcsConnectionString, Uri? AcsEndpoint, MailIdentity? From)
{
    public bool IsAcs => AcsConnectionString is not null || AcsEndpoint is not null;

    public static OutgoingOptions Read(IConfiguration configuration)
    {
        var smtp = MailServer.From(configuration.GetSection("Mail:Smtp"), 465, 587);
        var (connection, endpoint) = (MailServer.Optional(configuration, "Mail:Acs:ConnectionString"), MailServer.Optional(configuration, "Mail:Acs:Endpoint"));
        Uri? address = null;
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out address) && address.Scheme == Uri.UriSchemeHttps)) throw new SettingsException("Mail:Acs:Endpoint must be an https address.");
        if (new[] { smtp is not null, connection is not null, endpoint is not null }.Count(set => set) > 1) throw new SettingsException("Mail can go out by Mail:Smtp, by Mail:Acs:ConnectionString or by Mail:Acs:Endpoint: set one of them.");
        var any = smtp is not null || connection is not null || endpoint is not null;
        return new OutgoingOptions(smtp, connection, address, any ? MailIdentity.From(configuration) : null);
    }
}
