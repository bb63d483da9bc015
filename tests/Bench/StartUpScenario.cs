using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WalletFunctions.Bench;

/// <summary>From the start of the process to the first answer, in turn with an empty ASP.NET Core app.</summary>
internal sealed class StartUpScenario : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Name => "start-up";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title("Start-up: from the start of the process to the first answer (median). Storage is running already.");
        var storage = BenchRun.StartStorage();
        try
        {
            var (wallet, empty) = (new List<double>(), new List<double>());
            var folder = AppContext.BaseDirectory;
            for (var round = 0; round < run.Rounds + 1; round++)
            {
                var first = await TimeAsync(Path.Combine(folder, "Bench.dll"), port => [EmptyApp.Argument, port], "/", []);
                var second = await TimeAsync(Path.Combine(folder, "WalletFunctions.dll"), port => ["--port", port], "/api/health",
                    [("AzureWebJobsStorage", storage.ConnectionString), ("Sandbox__Enabled", "true")]);
                if (round > 0)
                {
                    // The first round also warms the file cache.
                    empty.Add(first);
                    wallet.Add(second);
                }
            }

            var (ours, least) = (Median(wallet), Median(empty));
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"empty ASP.NET Core app {least,6:0} ms"));
            BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"wallet                 {ours,6:0} ms   {ours / least:0.00} x"));
        }
        finally
        {
            storage.Stop();
        }
    }

    private static async Task<double> TimeAsync(string assembly, Func<string, string[]> arguments, string path, (string Name, string Value)[] settings)
    {
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(assembly) };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments(port))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            while (watch.Elapsed < Patience)
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        return watch.Elapsed.TotalMilliseconds;
                    }
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }

                await Task.Delay(5);
            }

            throw new TimeoutException($"{Path.GetFileName(assembly)} did not answer within {Patience.TotalSeconds} seconds.");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
