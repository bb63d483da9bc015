using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace WalletFunctions.TestSupport;

/// <summary>A test against a real IMAP server: skipped where Dovecot is not installed, except in CI, where its absence is a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DovecotFactAttribute : FactAttribute
{
    public DovecotFactAttribute()
    {
        if (Dovecot.Program is null && Environment.GetEnvironmentVariable("CI") != "true") Skip = Dovecot.HowToInstall;
    }
}

/// <summary>
/// A private Dovecot in a temporary folder: IMAP on free loopback ports (one with TLS at once, one with STARTTLS), a
/// self-signed certificate, users with a password file, Maildir. It ends with this object, or with the process.
/// </summary>
internal sealed class Dovecot : IDisposable
{
    public const string HowToInstall = "Dovecot 2.3 is not installed; on Debian and Ubuntu: apt-get install dovecot-imapd";
    public const string Password = "correct horse \"battery\" \\staple";

    private const int MaxUsers = 500;

    private readonly string _folder;
    private readonly Process _process;
    private int _delivered;
    private int _users;

    private Dovecot(string folder, Process process, int imapPort, int imapsPort) =>
        (_folder, _process, ImapPort, ImapsPort) = (folder, process, imapPort, imapsPort);

    public static string? Program { get; } = new[] { "/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/opt/homebrew/sbin/dovecot" }.FirstOrDefault(File.Exists);

    /// <summary>Clear text until STARTTLS.</summary>
    public int ImapPort { get; }

    /// <summary>TLS from the first byte.</summary>
    public int ImapsPort { get; }

    public static async Task<Dovecot> StartAsync()
    {
        if (Program is null) throw new InvalidOperationException(HowToInstall);
        var folder = Directory.CreateTempSubdirectory("dovecot-").FullName;
        var (imap, imaps) = (FreePort(), FreePort());
        Open(folder);
        Open(Directory.CreateDirectory(Path.Combine(folder, "mail")).FullName);
        await File.WriteAllTextAsync(Path.Combine(folder, "cert.pem"), TestCertificate.Shared.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), TestCertificate.Shared.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        // The hexadecimal scheme, for a colon or a quote would mean something in the file.
        var password = "{PLAIN.HEX}" + Convert.ToHexString(Encoding.UTF8.GetBytes(Password));
        await File.WriteAllLinesAsync(Path.Combine(folder, "users"), Enumerable.Range(1, MaxUsers).Select(n => $"user{n}:{password}"));
        await File.WriteAllTextAsync(Path.Combine(folder, "dovecot.conf"), Configuration(folder, imap, imaps));

        // The shell ends Dovecot when the pipe closes, which it does however this process ends.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("\"$0\" -F -c \"$1\" </dev/null & pid=$!; read line; kill -TERM $pid; wait $pid");
        start.ArgumentList.Add(Program);
        start.ArgumentList.Add(Path.Combine(folder, "dovecot.conf"));
        var process = Process.Start(start) ?? throw new InvalidOperationException("The shell did not start.");
        var dovecot = new Dovecot(folder, process, imap, imaps);
        try
        {
            await Eventually.True("Dovecot listens", () => Listens(imap) && Listens(imaps));
        }
        catch (Exception e)
        {
            var log = Path.Combine(folder, "dovecot.log");
            var said = File.Exists(log) ? await File.ReadAllTextAsync(log) : "nothing";
            dovecot.Dispose();
            throw new InvalidOperationException($"Dovecot did not start; its log: {said}", e);
        }
        return dovecot;
    }

    /// <summary>A user of its own for one test, with an empty mailbox; every user has <see cref="Password"/>.</summary>
    public string NewUser()
    {
        var user = string.Create(CultureInfo.InvariantCulture, $"user{Interlocked.Increment(ref _users)}");
        foreach (var part in new[] { "", "new", "cur", "tmp" }) Open(Directory.CreateDirectory(Path.Combine(MaildirOf(user), part)).FullName);
        return user;
    }

    /// <summary>Puts the bytes into the user's inbox as a mail server would, malformed or not. Its UID is the next free one, in order of delivery.</summary>
    public void Deliver(string user, ReadOnlySpan<byte> message)
    {
        var number = Interlocked.Increment(ref _delivered);
        var name = string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + number}.M{number}.test");
        var draft = Path.Combine(MaildirOf(user), "tmp", name);
        using (var file = File.Create(draft)) file.Write(message);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(draft, (UnixFileMode)0b110_110_110);
        File.Move(draft, Path.Combine(MaildirOf(user), "new", name));
    }

    /// <summary>Gives the inbox another UIDVALIDITY and every message another UID, as after a restore. Nobody may be connected.</summary>
    public void ChangeUidValidity(string user)
    {
        // A process that has the mailbox open, because it has not seen yet that its client is gone, would write its own list over this one.
        if (!SpinWait.SpinUntil(() => !IsServed(user), TimeSpan.FromSeconds(30))) throw new TimeoutException($"The mailbox of {user} is still open.");
        var list = Path.Combine(MaildirOf(user), "dovecot-uidlist");
        var lines = File.ReadAllLines(list);
        lines[0] = Raise(Raise(lines[0], "(?<=V)[0-9]+", 1), "(?<=N)[0-9]+", 1000);
        for (var i = 1; i < lines.Length; i++) lines[i] = Raise(lines[i], "^[0-9]+", 1000);
        File.WriteAllLines(list, lines);
        foreach (var index in Directory.GetFiles(MaildirOf(user), "dovecot.index*")) File.Delete(index);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A login process that is just ending may still write its socket; the folder is temporary anyway.
        }
    }

    /// <summary>Whether a process of the server's is there for a user: their titles say for whom.</summary>
    private static bool IsServed(string user) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")) is var title && title.StartsWith("dovecot/imap", StringComparison.Ordinal) && title.Contains($"[{user} ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is no process.
        }
    });

    private string MaildirOf(string user) => Path.Combine(_folder, "mail", user);

    private static string Configuration(string folder, int imap, int imaps)
    {
        // Root may not own mail; anybody else can run Dovecot only as itself.
        var isRoot = Environment.IsPrivilegedProcess;
        var (uid, gid) = isRoot ? ("65534", "65534") : (Say("id", "-u"), Say("id", "-g"));
        var itself = isRoot ? "" : $"default_internal_user = {Say("id", "-un")}\ndefault_login_user = {Say("id", "-un")}\ndefault_internal_group = {Say("id", "-gn")}\n";
        return $$"""
            protocols = imap
            listen = 127.0.0.1
            base_dir = {{folder}}/run
            state_dir = {{folder}}/state
            log_path = {{folder}}/dovecot.log
            {{itself}}
            ssl = yes
            ssl_cert = <{{folder}}/cert.pem
            ssl_key = <{{folder}}/key.pem
            verbose_proctitle = yes
            disable_plaintext_auth = no
            auth_mechanisms = plain login
            first_valid_uid = 1
            mail_max_userip_connections = 50
            mail_location = maildir:{{folder}}/mail/%u
            namespace inbox {
              inbox = yes
              mailbox Archive {
                auto = create
              }
            }
            passdb {
              driver = passwd-file
              args = scheme=PLAIN {{folder}}/users
            }
            userdb {
              driver = static
              args = uid={{uid}} gid={{gid}} home={{folder}}/mail/%u allow_all_users=yes
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = {{imap}}
              }
              inet_listener imaps {
                port = {{imaps}}
                ssl = yes
              }
            }
            # No waiting after a wrong password: every test comes from the same address.
            auth_failure_delay = 0
            service anvil {
              chroot =
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }

            """;
    }

    private static string Raise(string line, string number, long by) =>
        Regex.Replace(line, number, n => (long.Parse(n.Value, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture), RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Say(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    private static void Open(string folder)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
