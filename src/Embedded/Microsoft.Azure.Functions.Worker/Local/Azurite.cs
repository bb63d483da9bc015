using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Microsoft.Azure.Functions.Worker.Local;

// The storage emulator is started when a loopback AzureWebJobsStorage has no listener, in a session of its own, so that
// neither Ctrl-C nor the host's death reaches it. A pid file beside its data says that a host started it; any later host
// finds it listening, with that file, and is one of its users. Each user holds a file open and locked, which the system
// unlocks however the process ends. The user that leaves last, in an orderly way, stops it: SIGTERM, upon which Azurite
// saves everything and exits. An emulator without a pid file is somebody else's and is left alone.

/// <summary>This host's use of an emulator that a host started.</summary>
internal sealed class Azurite : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private FileStream? _use;

    private Azurite(string directory)
    {
        _directory = directory;
        var users = Directory.CreateDirectory(Path.Combine(directory, "users")).FullName;
        _use = new FileStream(
            Path.Combine(users, Guid.NewGuid().ToString("n")), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
    }

    private const string Log = "azurite.log";

    private string PidFile => Path.Combine(_directory, "host.pid");

    /// <summary>Makes sure that the emulator runs; null when there is none to look after.</summary>
    /// <param name="data">Its folder; when null or empty, <c>.azurite</c> beside package.json.</param>
    public static async Task<Azurite?> EnsureAsync(string? connectionString, string? data)
    {
        if (AzuriteEndpoints.Of(connectionString) is not { } endpoints) return null;
        var root = FindRoot();
        var directory = !string.IsNullOrEmpty(data) ? data
            : root is null ? null
            : Path.Combine(root, ".azurite", endpoints.Blob == 10000 ? "" : endpoints.Blob.ToString(CultureInfo.InvariantCulture));
        if (directory is null)
        {
            if (await IsServedAsync(endpoints)) return null;
            throw new HostStartException(
                "AzureWebJobsStorage names the local storage emulator, nothing listens there, and no package.json with azurite is above this program; start Azurite yourself.");
        }

        directory = Path.GetFullPath(directory);
        Directory.CreateDirectory(directory);
        using var alone = await LockAsync(directory);
        if (!await IsServedAsync(endpoints)) await LaunchAsync(endpoints, directory, root);
        else if (RunningPid(directory) is null) return null;
        return new Azurite(directory);
    }

    /// <summary>Ends this host's use; the last one stops the emulator and waits until it has saved.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _use, value: null) is not { } use) return;
        using var alone = await LockAsync(_directory);
        await use.DisposeAsync();
        if (Directory.EnumerateFiles(Path.Combine(_directory, "users")).Any(IsHeld)) return;
        if (RunningPid(_directory) is not { } pid) return;
        await NodeAsync("-e", $"process.kill({pid}, 'SIGTERM')");
        var watch = Stopwatch.StartNew();
        while (IsAlive(pid) && !HasSaved() && watch.Elapsed < Patience) await Task.Delay(20);
        // With everything saved, its event loop may idle for many seconds more; there is nothing left to wait for.
        if (HasSaved() && IsAlive(pid)) Process.GetProcessById(pid).Kill();
        while (IsAlive(pid) && watch.Elapsed < Patience) await Task.Delay(20);
        if (IsAlive(pid)) await Console.Error.WriteLineAsync($"Azurite (process {pid}) has not ended within {Patience.TotalSeconds:0} s of being asked to.");
        else File.Delete(PidFile);
    }

    /// <summary>Each of the three services says so once its store is written and closed.</summary>
    private bool HasSaved() =>
        File.ReadAllText(Path.Combine(_directory, Log)).Split("successfully closed").Length > 3;

    private static async Task<bool> IsServedAsync(AzuriteEndpoints endpoints)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var listening = await endpoints.ListeningAsync();
            if (listening.Count == 0) return false;
            await Task.WhenAll(listening.Select(endpoints.CheckIsAzuriteAsync));
            if (listening.Count == endpoints.Ports.Count()) return true;
            // Azurite opens its ports one after the other; somebody may be starting it right now.
            if (watch.Elapsed > TimeSpan.FromSeconds(10))
                throw new HostStartException(
                    $"An Azurite listens on port {string.Join(", ", listening)} but not on {string.Join(", ", endpoints.Ports.Except(listening))}, which AzureWebJobsStorage also names; stop it, and the host starts a whole one.");
            await Task.Delay(50);
        }
    }

    private static async Task LaunchAsync(AzuriteEndpoints endpoints, string directory, string? root)
    {
        if (root is null) throw new HostStartException("Nothing listens where AzureWebJobsStorage expects the storage emulator, and there is no package.json with azurite above this program to start it from.");
        var script = Path.Combine(root, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(script))
        {
            Console.WriteLine($"The storage emulator (Azurite) is not installed yet: running 'npm ci --ignore-scripts' in {root}, once.");
            var (installed, said) = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], root);
            if (!installed || !File.Exists(script)) throw new HostStartException($"Azurite could not be installed; run 'npm ci' in {root} to see why. {said}");
        }

        Console.WriteLine($"Starting the storage emulator (Azurite) on ports {string.Join(", ", endpoints.Ports)}; its data is in {directory}");
        var log = Path.Combine(directory, Log);
        string[] arguments =
        [
            script, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", directory, "--blobHost", endpoints.Host, "--queueHost", endpoints.Host,
            "--tableHost", endpoints.Host, "--blobPort", $"{endpoints.Blob}", "--queuePort", $"{endpoints.Queue}", "--tablePort", $"{endpoints.Table}",
        ];
        // Node's "detached" gives the emulator a session of its own, which .NET's Process cannot.
        var launch = $$"""
            const log = require('fs').openSync({{JsonSerializer.Serialize(log)}}, 'w');
            const env = {...process.env, ...{{JsonSerializer.Serialize(endpoints.Account is null ? [] : new Dictionary<string, string>(StringComparer.Ordinal) { ["AZURITE_ACCOUNTS"] = endpoints.Account })}}};
            const child = require('child_process').spawn(process.execPath, {{JsonSerializer.Serialize(arguments)}}, {detached: true, stdio: ['ignore', log, log], env});
            child.unref();
            console.log(child.pid);
            """;
        var pid = int.Parse(await NodeAsync("-e", launch), CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(pid))
            await File.WriteAllTextAsync(Path.Combine(directory, "host.pid"), $"{pid} {process.StartTime.ToUniversalTime():O}");

        var watch = Stopwatch.StartNew();
        while ((await endpoints.ListeningAsync()).Count < endpoints.Ports.Count())
        {
            if (!IsAlive(pid) || watch.Elapsed > Patience)
                throw new HostStartException($"Azurite did not start; its last words are in {log}: {(await File.ReadAllLinesAsync(log)).LastOrDefault()}");
            await Task.Delay(20);
        }
    }

    /// <summary>The nearest folder above the program that has Azurite, or a package.json that asks for it.</summary>
    private static string? FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var package = Path.Combine(directory.FullName, "package.json");
            if (Directory.Exists(Path.Combine(directory.FullName, "node_modules", "azurite"))) return directory.FullName;
            if (File.Exists(package) && File.ReadAllText(package).Contains("\"azurite\"", StringComparison.Ordinal)) return directory.FullName;
        }
        return null;
    }

    /// <summary>The emulator of the pid file, if it still is that very process.</summary>
    private static int? RunningPid(string directory)
    {
        var file = Path.Combine(directory, "host.pid");
        if (!File.Exists(file) || File.ReadAllText(file).Split(' ') is not [var id, var started] || !int.TryParse(id, out var pid) || !IsAlive(pid)) return null;
        using var process = Process.GetProcessById(pid);
        var age = process.StartTime.ToUniversalTime() - DateTime.Parse(started, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        return age.Duration() < TimeSpan.FromSeconds(3) ? pid : null;
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux()) return !Process.GetProcessById(pid).HasExited;
            // A container may have nobody to reap it: a zombie has ended all the same.
            var status = File.ReadAllText($"/proc/{pid}/stat");
            return status[status.LastIndexOf(')') + 2] != 'Z';
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<FileStream> LockAsync(string directory)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(directory, "start.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && watch.Elapsed < Patience + Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private static bool IsHeld(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return false;
        }
        catch (IOException)
        {
            return File.Exists(file);
        }
    }

    private static async Task<string> NodeAsync(params string[] arguments)
    {
        var (ok, said) = await RunAsync("node", arguments, directory: null);
        return ok ? said : throw new HostStartException($"Node could not run the storage emulator: {said}");
    }

    private static async Task<(bool Ok, string Said)> RunAsync(string program, IEnumerable<string> arguments, string? directory)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "" };
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode == 0, $"{await output}{await error}".Trim());
        }
        catch (Win32Exception)
        {
            throw new HostStartException(
                $"'{program}' was not found, but the storage emulator (Azurite) needs Node.js: install it from https://nodejs.org (version 22 or later), or point AzureWebJobsStorage at a storage that runs.");
        }
    }
}
