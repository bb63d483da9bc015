using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Net;
using MailKit.Security;

namespace MailKit;

/// <summary>What IMAP and SMTP clients share: connecting, TLS, and the state of the connection. Not safe for concurrent use.</summary>
public abstract class MailService : IDisposable
{
    int timeout = 120_000;
    bool disposed;

    private protected MailService() { }

    internal MailConnection? Connection { get; private set; }
    internal abstract (int Plain, int Tls) DefaultPorts { get; }

    public SslProtocols SslProtocols { get; set; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>On by default: a certificate whose revocation list cannot be reached is then refused.</summary>
    public bool CheckCertificateRevocation { get; set; } = true;
    public RemoteCertificateValidationCallback? ServerCertificateValidationCallback { get; set; }

    /// <summary>What the server offers; take a mechanism out to forbid it.</summary>
    public HashSet<string> AuthenticationMechanisms { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool IsConnected => Connection is not null;
    public bool IsAuthenticated { get; private protected set; }
    public bool IsSecure => Connection is { IsSecure: true };
    public bool IsEncrypted => Connection is { IsEncrypted: true };

    /// <summary>Milliseconds for each network operation, not for a whole call; 120,000 unless told.</summary>
    public int Timeout
    {
        get => timeout;
        set
        {
            timeout = value;
            if (Connection is { } connection) connection.Timeout = value;
        }
    }

    public async Task ConnectAsync(string host, int port = 0, SecureSocketOptions options = SecureSocketOptions.Auto, CancellationToken cancellationToken = default)
    {
        CheckCanConnect(host, port);
        (port, options) = Defaults(port, options);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (timeout > 0) limit.CancelAfter(timeout);
            await socket.ConnectAsync(host, port, limit.Token);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw new TimeoutException($"No connection within {timeout} milliseconds.", e);
            throw;
        }
        await OpenAsync(new NetworkStream(socket, ownsSocket: true), host, options, cancellationToken);
    }

    public Task ConnectAsync(Stream stream, string host, int port = 0, SecureSocketOptions options = SecureSocketOptions.Auto, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckCanConnect(host, port);
        return OpenAsync(stream, host, Defaults(port, options).Options, cancellationToken);
    }

    public Task AuthenticateAsync(string userName, string password, CancellationToken cancellationToken = default) =>
        AuthenticateAsync(Encoding.UTF8, userName, password, cancellationToken);

    public Task AuthenticateAsync(Encoding encoding, string userName, string password, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(userName);
        ArgumentNullException.ThrowIfNull(password);
        return AuthenticateAsync(encoding, new NetworkCredential(userName, password), cancellationToken);
    }

    public abstract Task AuthenticateAsync(SaslMechanism mechanism, CancellationToken cancellationToken = default);
    public abstract Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default);
    public abstract Task NoOpAsync(CancellationToken cancellationToken = default);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposed) return;
        disposed = true;
        Close();
    }

    internal abstract Task AuthenticateAsync(Encoding encoding, NetworkCredential credentials, CancellationToken ct);

    /// <summary>Greeting, capabilities and, if asked for, STARTTLS.</summary>
    internal abstract Task GreetAsync(string host, SecureSocketOptions options, CancellationToken ct);

    internal abstract Exception ProtocolError(string message);

    /// <summary>Drops the connection without a word to the server.</summary>
    internal virtual void Close()
    {
        Connection?.Dispose();
        Connection = null;
        IsAuthenticated = false;
    }

    internal MailConnection CheckConnected()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return Connection ?? throw new ServiceNotConnectedException("The client is not connected.");
    }

    internal MailConnection CheckCanAuthenticate()
    {
        var connection = CheckConnected();
        return IsAuthenticated ? throw new InvalidOperationException("The client is already authenticated.") : connection;
    }

    internal async Task StartTlsAsync(string host, CancellationToken ct)
    {
        X509Certificate? presented = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols,
            CertificateRevocationCheckMode = CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                presented = certificate;
                return ServerCertificateValidationCallback is { } callback ? callback(this, certificate, chain, errors) : errors == SslPolicyErrors.None;
            },
        };
        try
        {
            await Connection!.StartTlsAsync(options, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new SslHandshakeException("The TLS handshake failed: the server does not speak TLS on this port, or its certificate is not trusted, not current, not for this name, or its revocation list could not be reached.", e) { ServerCertificate = presented };
        }
    }

    async Task OpenAsync(Stream stream, string host, SecureSocketOptions options, CancellationToken ct)
    {
        Connection = new MailConnection(stream, timeout, ProtocolError);
        try
        {
            if (options == SecureSocketOptions.SslOnConnect) await StartTlsAsync(host, ct);
            await GreetAsync(host, options, ct);
        }
        catch
        {
            Close();
            throw;
        }
    }

    (int Port, SecureSocketOptions Options) Defaults(int port, SecureSocketOptions options)
    {
        if (options == SecureSocketOptions.Auto) options = port == DefaultPorts.Tls ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTlsWhenAvailable;
        if (port == 0) port = options == SecureSocketOptions.SslOnConnect ? DefaultPorts.Tls : DefaultPorts.Plain;
        return (port, options);
    }

    void CheckCanConnect(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (IsConnected) throw new InvalidOperationException("The client is already connected.");
    }
}

public abstract class MailStore : MailService
{
    private protected MailStore() { }

    public abstract IMailFolder Inbox { get; }
    public abstract Task<IMailFolder> GetFolderAsync(string path, CancellationToken cancellationToken = default);
}
