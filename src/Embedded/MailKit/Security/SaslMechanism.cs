using System.Net;
using System.Text;

namespace MailKit.Security;

/// <summary>One SASL exchange (RFC 4422): the server's challenges in, the client's answers out, both in Base64.</summary>
public abstract class SaslMechanism
{
    static readonly string[] PasswordMechanisms = ["PLAIN", "LOGIN"];

    protected SaslMechanism(NetworkCredential credentials) => Credentials = credentials ?? throw new ArgumentNullException(nameof(credentials));

    protected SaslMechanism(string userName, string password)
        : this(new NetworkCredential(userName ?? throw new ArgumentNullException(nameof(userName)), password ?? throw new ArgumentNullException(nameof(password))))
    {
    }

    public abstract string MechanismName { get; }
    public NetworkCredential Credentials { get; private set; }
    public virtual bool SupportsInitialResponse => false;
    public bool IsAuthenticated { get; protected set; }

    protected abstract byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken);

    public string Challenge(string? token, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[]? decoded = null;
        if (token?.Trim() is { Length: > 0 } text)
        {
            // Some servers put words where the challenge belongs; none of the mechanisms here needs what it says.
            try { decoded = Convert.FromBase64String(text); }
            catch (FormatException) { decoded = Encoding.UTF8.GetBytes(text); }
        }
        var answer = Challenge(decoded, 0, decoded?.Length ?? 0, cancellationToken);
        return answer is null ? string.Empty : Convert.ToBase64String(answer);
    }

    public Task<string> ChallengeAsync(string? token, CancellationToken cancellationToken = default) => Task.FromResult(Challenge(token, cancellationToken));

    public virtual void Reset() => IsAuthenticated = false;

    public static bool IsSupported(string mechanism) => mechanism?.ToUpperInvariant() is "PLAIN" or "LOGIN" or "XOAUTH2";

    public static SaslMechanism? Create(string mechanism, Encoding encoding, NetworkCredential credentials) => mechanism?.ToUpperInvariant() switch
    {
        "PLAIN" => new SaslMechanismPlain(encoding, credentials),
        "LOGIN" => new SaslMechanismLogin(encoding, credentials),
        "XOAUTH2" => new SaslMechanismOAuth2(credentials),
        _ => null,
    };

    /// <summary>The mechanisms that a user name and a password are tried with, strongest first; tokens only ever go out on request.</summary>
    internal static IEnumerable<SaslMechanism> ForPassword(IReadOnlySet<string> offered, Encoding encoding, NetworkCredential credentials) =>
        PasswordMechanisms.Where(offered.Contains).Select(name => Create(name, encoding, credentials)!);
}

public class SaslMechanismPlain : SaslMechanism
{
    readonly Encoding encoding;

    public SaslMechanismPlain(Encoding encoding, NetworkCredential credentials) : base(credentials) => this.encoding = encoding;
    public SaslMechanismPlain(Encoding encoding, string userName, string password) : base(userName, password) => this.encoding = encoding;
    public SaslMechanismPlain(NetworkCredential credentials) : this(Encoding.UTF8, credentials) { }
    public SaslMechanismPlain(string userName, string password) : this(Encoding.UTF8, userName, password) { }

    public override string MechanismName => "PLAIN";
    public override bool SupportsInitialResponse => true;

    /// <inheritdoc/>
    protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
    {
        if (IsAuthenticated) return null;
        IsAuthenticated = true;
        return encoding.GetBytes($"\0{Credentials.UserName}\0{Credentials.Password}"); // RFC 4616
    }
}

public class SaslMechanismLogin : SaslMechanism
{
    readonly Encoding encoding;
    bool userSent;

    public SaslMechanismLogin(Encoding encoding, NetworkCredential credentials) : base(credentials) => this.encoding = encoding;
    public SaslMechanismLogin(Encoding encoding, string userName, string password) : base(userName, password) => this.encoding = encoding;
    public SaslMechanismLogin(NetworkCredential credentials) : this(Encoding.UTF8, credentials) { }
    public SaslMechanismLogin(string userName, string password) : this(Encoding.UTF8, userName, password) { }

    public override string MechanismName => "LOGIN";

    /// <inheritdoc/>
    protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
    {
        if (IsAuthenticated) return null;
        if (!userSent)
        {
            userSent = true;
            return encoding.GetBytes(Credentials.UserName);
        }
        IsAuthenticated = true;
        return encoding.GetBytes(Credentials.Password);
    }

    public override void Reset()
    {
        userSent = false;
        base.Reset();
    }
}

/// <summary>XOAUTH2: the credentials' password is an access token, which is not refreshed here.</summary>
public class SaslMechanismOAuth2 : SaslMechanism
{
    public SaslMechanismOAuth2(NetworkCredential credentials) : base(credentials) { }
    public SaslMechanismOAuth2(string userName, string auth_token) : base(userName, auth_token) { }

    public override string MechanismName => "XOAUTH2";
    public override bool SupportsInitialResponse => true;

    /// <inheritdoc/>
    protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
    {
        // The second challenge carries the reason of a refusal; an empty answer to it ends the exchange.
        if (IsAuthenticated) return null;
        IsAuthenticated = true;
        return Encoding.UTF8.GetBytes($"user={Credentials.UserName}\u0001auth=Bearer {Credentials.Password}\u0001\u0001");
    }
}
