using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace WalletFunctions.TestSupport;

/// <summary>
/// The pinned storage emulator, in memory, on free ports of the loopback address: two per test process, each started when first asked
/// for and gone with the process, however that ends.
/// </summary>
internal sealed class Azurite
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Azurite does not end with its parent; this wrapper does, because the pipe to it closes when we die.
    private const string Watchdog =
        "const c=require('child_process').spawn(process.execPath,process.argv.slice(1),{stdio:['ignore','inherit','inherit']});" +
        "const end=()=>{c.kill('SIGKILL');process.exit()};process.stdin.on('end',end).on('close',end).on('error',end).resume();" +
        "c.on('exit',code=>process.exit(code??1));";

    // Azurite sweeps unused content by itself: that of messages once a minute, that of blobs every ten. In memory each piece is an
    // entry of its own, and for each that goes the index of all is sorted anew, while nobody is answered: after ten minutes of
    // this suite that takes minutes. What is never swept stays within Azurite's limit, half of the machine's memory.
    private const string WithoutSweeps =
        "const{dirname,join}=require('path'),script=process.argv[1];" +
        "for(const service of['blob','queue']){const of=require(join(dirname(script),service,'utils','constants'));" +
        "if(!(of.DEFAULT_GC_INTERVAL_MS>0))throw new Error('Azurite names its sweeps otherwise now.');of.DEFAULT_GC_INTERVAL_MS=2**31-1}" +
        "require(script);";

    // One emulator uses one core, and a suite that has more of them would wait for it.
    private static readonly Lazy<Azurite>[] OfProcess = [new(Start), new(Start)];

    /// <summary>Accounts that can be handed out; each starts empty, so whoever uses fixed names gets one of its own.</summary>
    private const int SpareAccounts = 400;

    private static int _names;

    private static int _accounts;

    private readonly Process _process;

    private Azurite(Process process, int blobPort, int queuePort, int tablePort)
    {
        _process = process;
        BlobPort = blobPort;
        QueuePort = queuePort;
        TablePort = tablePort;
        ConnectionString = ConnectionStringOf(Account);
    }

    /// <summary>The one that all tests of the process share; keep apart by <see cref="UniqueName"/>.</summary>
    public static Azurite Shared => OfProcess[0].Value;

    /// <summary>The connection string of <see cref="Shared"/>.</summary>
    public static string SharedConnectionString => Shared.ConnectionString;

    public string ConnectionString { get; }

    public int BlobPort { get; }

    public int QueuePort { get; }

    public int TablePort { get; }

    /// <summary>A name nobody has used in this process, legal for tables, queues and containers alike: lower-case letters and digits.</summary>
    public static string UniqueName(string prefix) =>
        string.Create(null, $"{prefix}{Environment.ProcessId:x}{Interlocked.Increment(ref _names):x}x{DateTime.UtcNow.Ticks % 0xfffffff:x}").ToLowerInvariant();

    /// <summary>The connection string of an empty account that nobody else was given, by turns in one emulator and the other.</summary>
    public static string NewAccount()
    {
        var number = Interlocked.Increment(ref _accounts);
        return number <= SpareAccounts
            ? OfProcess[number % OfProcess.Length].Value.ConnectionStringOf($"spare{number}")
            : throw new InvalidOperationException($"All {SpareAccounts} accounts are used up.");
    }

    /// <summary>One of its own, empty, for a measurement or for being killed; end it with <see cref="Stop"/>.</summary>
    public static Azurite Start()
    {
        for (var attempt = 1; ; attempt++)
        {
            var azurite = Launch();
            if (azurite.WaitUntilListening()) return azurite;
            azurite.Stop();
            // Somebody else may have taken a port between our asking for it and Azurite's.
            if (attempt == 5) throw new InvalidOperationException("Azurite did not start in five tries.");
        }
    }

    public void Stop()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(5_000)) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // Already gone.
        }
    }

    private string ConnectionStringOf(string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};" +
        $"BlobEndpoint=http://127.0.0.1:{BlobPort}/{account};QueueEndpoint=http://127.0.0.1:{QueuePort}/{account};TableEndpoint=http://127.0.0.1:{TablePort}/{account};";

    private static Azurite Launch()
    {
        var script = Path.Combine(Installed(), "dist", "src", "azurite.js");
        var ports = FreePorts(3);
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-e", Watchdog, "--", "--max-semi-space-size=64", "-e", WithoutSweeps, "--", script, "--silent", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry",
            "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
            // Idle connections of a paused test must not be closed under its next request.
            "--blobKeepAliveTimeout", "600", "--queueKeepAliveTimeout", "600", "--tableKeepAliveTimeout", "600",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, SpareAccounts).Select(number => $"spare{number}:{Key}").Prepend($"{Account}:{Key}"));
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.StandardInput.Dispose();
        return new Azurite(process, ports[0], ports[1], ports[2]);
    }

    private bool WaitUntilListening()
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < TimeSpan.FromSeconds(60) && !_process.HasExited)
        {
            if (Listens(BlobPort) && Listens(QueuePort) && Listens(TablePort)) return true;
            Thread.Sleep(50);
        }

        return false;
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

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    /// <summary>The folder of the installed package, in the checkout that this assembly was built in; installs it first where nobody has.</summary>
    private static string Installed()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var package = Path.Combine(folder.FullName, "node_modules", "azurite");
            if (Directory.Exists(package)) return package;
            if (!File.Exists(Path.Combine(folder.FullName, "package-lock.json")) || !File.Exists(Path.Combine(folder.FullName, "WalletFunctions.sln"))) continue;
            Install(folder.FullName, package);
            return package;
        }

        throw new InvalidOperationException($"No package.json above {AppContext.BaseDirectory}.");
    }

    private static void Install(string root, string package)
    {
        // Test projects run at the same time, and npm must not.
        using var gate = Lock(Path.Combine(Path.GetTempPath(), $"npm-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(root)))}.lock"));
        if (Directory.Exists(package)) return;
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", "/c npm ci --ignore-scripts --no-audit --no-fund")
            : new ProcessStartInfo("npm", "ci --ignore-scripts --no-audit --no-fund");
        start.WorkingDirectory = root;
        using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        npm.WaitForExit();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci ended with {npm.ExitCode} in {root}.");
    }

    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                Thread.Sleep(200);
            }
        }
    }
}
