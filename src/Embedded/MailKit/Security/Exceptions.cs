using System.Security.Cryptography.X509Certificates;

namespace MailKit.Security;

public class AuthenticationException : Exception
{
    public AuthenticationException(string message, Exception innerException) : base(message, innerException) { }
    public AuthenticationException(string message) : base(message) { }
    public AuthenticationException() : base("The server did not accept the credentials.") { }
}

public class SslHandshakeException : Exception
{
    public SslHandshakeException(string message, Exception innerException) : base(message, innerException) { }
    public SslHandshakeException(string message) : base(message) { }
    public SslHandshakeException() : base("The TLS handshake failed.") { }

    /// <summary>What the server presented, if it came that far.</summary>
    public X509Certificate? ServerCertificate { get; internal set; }
}

/// <summary>When the connection is encrypted. <see cref="Auto"/> may stay in clear text without an error.</summary>
public enum SecureSocketOptions
{
    None,
    Auto,
    SslOnConnect,
    StartTls,
    StartTlsWhenAvailable,
}
