using System.Net;
using System.Text;
using MailKit.Security;

namespace MailKit.Net.Imap;

/// <summary>
/// An IMAP4rev1 client (RFC 3501 with UIDPLUS, MOVE, UNSELECT, LITERAL+ and SASL-IR). One flow at a time: a second
/// command while one runs throws. A refused command leaves the connection usable; a broken protocol, an I/O fault, a
/// timeout or a cancellation closes it.
/// </summary>
public partial class ImapClient : MailStore
{
    readonly Dictionary<string, ImapFolder> folders = new(StringComparer.Ordinal);
    ImapFolder? inbox;

    public ImapCapabilities Capabilities { get; private set; }

    public override IMailFolder Inbox
    {
        get
        {
            CheckAuthenticated();
            return inbox ??= Folder("INBOX");
        }
    }

    internal override (int Plain, int Tls) DefaultPorts => (143, 993);

    public override async Task AuthenticateAsync(SaslMechanism mechanism, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        CheckCanAuthenticate();
        var status = await TryAuthenticateAsync(mechanism, cancellationToken);
        if (!status.IsOk) throw Refused(status);
        await AuthenticatedAsync(cancellationToken);
    }

    public override async Task<IMailFolder> GetFolderAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckAuthenticated();
        return await ListAsync(path, cancellationToken) ?? throw new FolderNotFoundException(path);
    }

    public override async Task NoOpAsync(CancellationToken cancellationToken = default) =>
        (await RunAsync(new ImapCommand("NOOP"), cancellationToken)).ThrowIfNotOk("NOOP");

    public override async Task DisconnectAsync(bool quit, CancellationToken cancellationToken = default)
    {
        if (!IsConnected) return;
        try
        {
            if (quit) await RunAsync(new ImapCommand("LOGOUT"), cancellationToken);
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
        CheckCanAuthenticate();
        ImapStatus? status = null;
        foreach (var mechanism in SaslMechanism.ForPassword(AuthenticationMechanisms, encoding, credentials))
        {
            status = await TryAuthenticateAsync(mechanism, ct);
            if (status.IsOk) break;
        }
        if (status is not { IsOk: true })
        {
            if (Capabilities.HasFlag(ImapCapabilities.LoginDisabled)) throw status is null ? new AuthenticationException("The server does not allow a login with a password here.") : Refused(status);
            capabilitiesVersion = 0;
            status = await RunAsync(new ImapCommand("LOGIN").Raw(" ").Text(credentials.UserName, encoding).Raw(" ").Text(credentials.Password, encoding), ct);
            if (!status.IsOk) throw Refused(status);
        }
        await AuthenticatedAsync(ct);
    }

    internal override async Task GreetAsync(string host, SecureSocketOptions options, CancellationToken ct)
    {
        Capabilities = ImapCapabilities.None;
        capabilitiesVersion = 0;
        folders.Clear();
        inbox = null;
        var greeting = (await ImapResponse.ReadAsync(Connection!, null, ct)).Line;
        if (!greeting.StartsWith("* ", StringComparison.Ordinal)) throw new ImapProtocolException("The server did not greet as an IMAP server does.");
        var status = ImapStatus.Parse(greeting[2..]);
        if (!status.IsOk) throw new ImapProtocolException($"The server does not take connections now: {status.Text}");
        IsAuthenticated = greeting.StartsWith("* PREAUTH", StringComparison.OrdinalIgnoreCase);
        ProcessCode(status, null);
        if (capabilitiesVersion == 0) await QueryCapabilitiesAsync(ct);

        if (options is not (SecureSocketOptions.StartTls or SecureSocketOptions.StartTlsWhenAvailable)) return;
        if (!Capabilities.HasFlag(ImapCapabilities.StartTLS))
        {
            if (options == SecureSocketOptions.StartTls) throw new NotSupportedException("The IMAP server does not offer STARTTLS.");
            return;
        }
        status = await RunAsync(new ImapCommand("STARTTLS"), ct);
        if (!status.IsOk)
        {
            if (options == SecureSocketOptions.StartTls) status.ThrowIfNotOk("STARTTLS");
            return;
        }
        await StartTlsAsync(host, ct);
        await QueryCapabilitiesAsync(ct); // what was said in clear text counts no more
    }

    internal override Exception ProtocolError(string message) => new ImapProtocolException(message);

    internal override void Close()
    {
        base.Close();
        Selected = null;
    }

    internal void CheckAuthenticated()
    {
        CheckConnected();
        if (!IsAuthenticated) throw new ServiceNotAuthenticatedException("The client is not authenticated.");
    }

    /// <summary>The folder of that name, or null.</summary>
    async Task<ImapFolder?> ListAsync(string path, CancellationToken ct)
    {
        ImapFolder? found = null;
        var command = new ImapCommand("LIST")
        {
            OnUntagged = untagged =>
            {
                if (untagged.Name != "LIST") return;
                var values = untagged.Values.ReadAll().ToArray();
                var name = values.Length < 3 ? null : ImapReader.AsText(values[2]) is { } text ? ImapEncoding.Decode(text) : null;
                if (name is not null && SameName(name, path)) found = Folder(name);
            },
        };
        (await RunAsync(command.Raw(" \"\" ").Mailbox(path), ct)).ThrowIfNotOk("LIST");
        return found;
    }

    static bool SameName(string name, string path) =>
        name == path || (name.Equals("INBOX", StringComparison.OrdinalIgnoreCase) && path.Equals("INBOX", StringComparison.OrdinalIgnoreCase));

    ImapFolder Folder(string name)
    {
        if (name.Equals("INBOX", StringComparison.OrdinalIgnoreCase)) name = "INBOX";
        if (!folders.TryGetValue(name, out var folder)) folders[name] = folder = new ImapFolder(this, name);
        return folder;
    }

    async Task<ImapStatus> TryAuthenticateAsync(SaslMechanism mechanism, CancellationToken ct)
    {
        mechanism.Reset();
        var command = new ImapCommand("AUTHENTICATE") { OnChallenge = text => mechanism.ChallengeAsync(text, ct) }.Raw(" " + mechanism.MechanismName);
        if (Capabilities.HasFlag(ImapCapabilities.SaslIR) && mechanism.SupportsInitialResponse)
        {
            var initial = await mechanism.ChallengeAsync(null, ct);
            command.Raw(" " + (initial.Length == 0 ? "=" : initial));
        }
        capabilitiesVersion = 0;
        return await RunAsync(command, ct);
    }

    async Task AuthenticatedAsync(CancellationToken ct)
    {
        IsAuthenticated = true;
        if (capabilitiesVersion == 0) await QueryCapabilitiesAsync(ct);
    }

    static AuthenticationException Refused(ImapStatus status) =>
        status.Text.Length > 0 ? new AuthenticationException(status.Text) : new AuthenticationException();
}
