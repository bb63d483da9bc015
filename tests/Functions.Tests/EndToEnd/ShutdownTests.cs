using System.Net;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>The first command of the README, from an empty folder to Ctrl-C.</summary>
public class ShutdownTests
{
    private const string Account = "devstoreaccount1";

    /// <summary>The emulator's published development key, the same on every machine.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    [Fact]
    public async Task Ctrl_C_stops_the_host_and_the_emulator_it_started_and_the_next_start_finds_the_data()
    {
        var data = Directory.CreateTempSubdirectory("emulator");
        try
        {
            int[] ports = [HostProcess.FreePort(), HostProcess.FreePort(), HostProcess.FreePort()];
            var storage = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};" +
                $"BlobEndpoint=http://127.0.0.1:{ports[0]}/{Account};QueueEndpoint=http://127.0.0.1:{ports[1]}/{Account};TableEndpoint=http://127.0.0.1:{ports[2]}/{Account};";
            var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["AZURITE_DIR"] = data.FullName };

            var first = await RunAndInterruptAsync(storage, settings, ports);
            first.ShouldContain("CreateWithdrawal: [POST] http://127.0.0.1:", Case.Sensitive, "the host lists its functions and URLs");
            var second = await RunAndInterruptAsync(storage, settings, ports);
            second.ShouldContain("Functions:");
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAndInterruptAsync(string storage, Dictionary<string, string> settings, int[] ports)
    {
        await using var host = await HostProcess.StartAsync(storage, settings: settings);
        ports.ShouldAllBe(port => Listens(port), "the host started the emulator");
        var seed = await WalletClient.SeedAsync(host.BaseAddress);
        using var client = new WalletClient(() => host.BaseAddress);
        await client.SignInAsync(seed["customers"]![0]!);
        ((long)(await client.GetAsync("/api/v1/wallet")).Expect(HttpStatusCode.OK).Body!["available"]!["amount"]!).ShouldBe(1_000_000);

        await host.InterruptAsync();

        host.ExitCode.ShouldBe(0, host.Output);
        ports.Append(host.Port).ShouldAllBe(port => !Listens(port), "nothing is left behind");
        return host.Output;
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
