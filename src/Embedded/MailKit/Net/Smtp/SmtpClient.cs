using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using MailKit.Security;

namespace MailKit.Net.Smtp;

/// <summary>
/// An SMTP submission client (RFC 5321 with SIZE, 8BITMIME, PIPELINING, SMTPUTF8, STARTTLS and AUTH). A refused command
/// leaves the connection usable; a broken protocol, an I/O fault, a timeout or a cancellation closes it.
/// </summary>
public partial class SmtpClient : MailTransport
{
    public SmtpCapabilities Capabilities { get; private set; }

    /// <summary>What EHLO says of this side; the machine's name unless told.</summary>
    public string? LocalDomain { get; set; }

    /// <summary>Bytes that the server takes in one message, 0 if it does not say.</summary>
    public uint MaxSize { get; private set; }

    internal override (int Plain, int Tls) DefaultPorts => (25, 465);

    public override async Task AuthenticateAsync(SaslMechanism mechanism, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        CheckOffersAuthentication();
        if (await TryAuthenticateAsync(mechanism, cancellationToken) is { } refused) throw refused;
        IsAuthenticated = true;
    }

    public override async Task NoOpAsync(CancellationToken cancellationToken = default) => ThrowIfNotOk(await SendCommandAsync("NOOP", cancellationToken));

    public override async Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default)
    {
        if (!IsConnected) return;
        try
        {
            if (quit) await SendCommandAsync("QUIT", cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ProtocolException or IOException or TimeoutException)
        {
            // Leaving is all that was wanted.
        }
        finally
        {
            Close();
        }
    }

    internal override async Task AuthenticateAsync(Encoding encoding, NetworkCredential credentials, CancellationToken ct)
    {
        CheckOffersAuthentication();
        AuthenticationException? refused = null;
        foreach (var mechanism in SaslMechanism.ForPassword(AuthenticationMechanisms, encoding, credentials))
        {
            refused = await TryAuthenticateAsync(mechanism, ct);
            if (refused is not null) continue;
            IsAuthenticated = true;
            return;
        }
        throw refused ?? (Exception)new NotSupportedException("The SMTP server offers no mechanism that takes a user name and a password.");
    }

    internal override async Task GreetAsync(string host, SecureSocketOptions options, CancellationToken ct)
    {
        var greeting = await ReadResponseAsync(ct);
        if (greeting.StatusCode != SmtpStatusCode.ServiceReady) throw Unexpected(greeting);
        await EhloAsync(ct);
        if (options is not (SecureSocketOptions.StartTls or SecureSocketOptions.StartTlsWhenAvailable)) return;
        if (!Capabilities.HasFlag(SmtpCapabilities.StartTLS))
        {
            if (options == SecureSocketOptions.StartTls) throw new NotSupportedException("The SMTP server does not offer STARTTLS.");
            return;
        }
        var response = await SendCommandAsync("STARTTLS", ct);
        if (response.StatusCode != SmtpStatusCode.ServiceReady) throw Unexpected(response);
        await StartTlsAsync(host, ct);
        await EhloAsync(ct); // what was said in clear text counts no more
    }

    internal override Exception ProtocolError(string message) => new SmtpProtocolException(message);

    async Task EhloAsync(CancellationToken ct)
    {
        var domain = string.IsNullOrEmpty(LocalDomain) ? IPGlobalProperties.GetIPGlobalProperties().HostName : LocalDomain;
        if (IPAddress.TryParse(domain, out var ip)) domain = ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[IPv6:{ip}]" : $"[{ip}]";
        (Capabilities, MaxSize) = (SmtpCapabilities.None, 0);
        AuthenticationMechanisms.Clear();
        var response = await SendCommandAsync("EHLO " + domain, ct);
        if (response.StatusCode != SmtpStatusCode.Ok)
        {
            ThrowIfNotOk(await SendCommandAsync("HELO " + domain, ct));
            return;
        }
        foreach (var line in response.Response.Split('\n').Skip(1))
        {
            // "AUTH=LOGIN" is how some old servers say "AUTH LOGIN".
            var words = line.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words is [] or ["", ..]) continue;
            switch (words[0].ToUpperInvariant())
            {
                case "AUTH":
                    Capabilities |= SmtpCapabilities.Authentication;
                    AuthenticationMechanisms.UnionWith(words.Skip(1));
                    break;
                case "SIZE":
                    Capabilities |= SmtpCapabilities.Size;
                    if (words.Length > 1 && uint.TryParse(words[1], out var size)) MaxSize = size;
                    break;
                case "8BITMIME":
                    Capabilities |= SmtpCapabilities.EightBitMime;
                    break;
                case "ENHANCEDSTATUSCODES":
                    Capabilities |= SmtpCapabilities.EnhancedStatusCodes;
                    break;
                case "PIPELINING":
                    Capabilities |= SmtpCapabilities.Pipelining;
                    break;
                case "SMTPUTF8":
                    Capabilities |= SmtpCapabilities.UTF8;
                    break;
                case "STARTTLS":
                    Capabilities |= SmtpCapabilities.StartTLS;
                    break;
            }
        }
    }

    void CheckOffersAuthentication()
    {
        CheckCanAuthenticate();
        if (!Capabilities.HasFlag(SmtpCapabilities.Authentication)) throw new NotSupportedException("The SMTP server does not offer authentication.");
    }

    /// <summary>Null if the server accepted, else its refusal.</summary>
    async Task<AuthenticationException?> TryAuthenticateAsync(SaslMechanism mechanism, CancellationToken ct)
    {
        mechanism.Reset();
        var first = mechanism.SupportsInitialResponse ? " " + await mechanism.ChallengeAsync(null, ct) : string.Empty;
        var response = await SendCommandAsync($"AUTH {mechanism.MechanismName}{first}", ct);
        for (var round = 0; response.StatusCode == SmtpStatusCode.AuthenticationChallenge; round++)
        {
            if (round == 20) throw Broken(new SmtpProtocolException("The server asks without end for more of the credentials."));
            response = await SendCommandAsync(await mechanism.ChallengeAsync(response.Response, ct), ct);
        }
        return response.StatusCode == SmtpStatusCode.AuthenticationSuccessful ? null : new AuthenticationException($"{(int)response.StatusCode}: {response.Response}");
    }

    static void ThrowIfNotOk(SmtpResponse response)
    {
        if (response.StatusCode != SmtpStatusCode.Ok) throw Unexpected(response);
    }

    static SmtpCommandException Unexpected(SmtpResponse response) => new(SmtpErrorCode.UnexpectedStatusCode, response.StatusCode, response.Response);
}
