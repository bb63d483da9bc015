using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Local;
using Shouldly;
using Xunit;
using LocalAzurite = Microsoft.Azure.Functions.Worker.Local.Azurite;

namespace Embedded.Tests.Worker;

/// <summary>
/// The emulator that the local host starts, as docs/learn "functions-run-local" describes it for func start, and the
/// rules of src/Embedded/README.md for who stops it.
/// </summary>
public sealed class AzuriteTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("azurite-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_last_of_its_users_stops_it_and_it_keeps_what_was_stored()
    {
        var storage = Storage(FreePorts());
        var first = (await LocalAzurite.EnsureAsync(storage, _directory)).ShouldNotBeNull();
        await new QueueClient(storage, "kept").CreateAsync();
        // What a killed host leaves behind: a file that nobody holds.
        await File.WriteAllTextAsync(Path.Combine(_directory, "users", "killed"), "");
        var second = (await LocalAzurite.EnsureAsync(storage, _directory)).ShouldNotBeNull();
        var pid = Pid();

        await first.DisposeAsync();
        (await new QueueClient(storage, "kept").ExistsAsync()).Value.ShouldBeTrue();
        await second.DisposeAsync();
        await Until.True(() => !IsRunning(pid), "the process has ended");
        File.Exists(Path.Combine(_directory, "host.pid")).ShouldBeFalse();

        await using var third = (await LocalAzurite.EnsureAsync(storage, _directory)).ShouldNotBeNull();
        (await new QueueClient(storage, "kept").ExistsAsync()).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_no_host_started_is_used_and_left_alone() =>
        (await LocalAzurite.EnsureAsync(WalletFunctions.TestSupport.Azurite.SharedConnectionString, _directory)).ShouldBeNull();

    [Fact]
    public async Task A_port_that_something_else_has_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        _ = AnswerAsync(taken);
        var failure = await Should.ThrowAsync<HostStartException>(() => LocalAzurite.EnsureAsync(Storage([port, .. FreePorts().Skip(1)]), _directory));
        failure.Message.ShouldStartWith($"Port {port}, on which AzureWebJobsStorage expects the storage emulator, is taken");
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", true)]
    [InlineData("AccountName=a;AccountKey=YQ==;EndpointSuffix=core.windows.net", false)]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=x", false)]
    [InlineData("BlobEndpoint=http://localhost:20000/devstoreaccount1", true)]
    [InlineData("", false)]
    public void Only_a_storage_on_this_machine_is_looked_after(string connectionString, bool isLocal) =>
        (AzuriteEndpoints.Of(connectionString) is not null).ShouldBe(isLocal);

    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("220 mail.example ready\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private int Pid() => int.Parse(File.ReadAllText(Path.Combine(_directory, "host.pid")).Split(' ')[0], CultureInfo.InvariantCulture);

    private static bool IsRunning(int pid) =>
        !OperatingSystem.IsLinux() ? Process.GetProcesses().Any(p => p.Id == pid) : File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static string Storage(int[] ports) =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;" +
        $"BlobEndpoint=http://127.0.0.1:{ports[0]}/devstoreaccount1;QueueEndpoint=http://127.0.0.1:{ports[1]}/devstoreaccount1;TableEndpoint=http://127.0.0.1:{ports[2]}/devstoreaccount1";

    private static int[] FreePorts()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
