using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

/// <summary>A service that takes connections and never says a word.</summary>
public sealed class SilentStorageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_call_that_is_never_answered_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var key = Convert.ToBase64String(new byte[64]);
        var address = new StorageAddress($"DefaultEndpointsProtocol=http;AccountName=silent;AccountKey={key};TableEndpoint=http://127.0.0.1:{port}/silent", null, null, null);
        var table = new Storage(address, [], TimeSpan.FromSeconds(1)).LedgerTable("books");

        var call = table.GetEntityIfExistsAsync<TableEntity>("w", "head");

        await Should.ThrowAsync<OperationCanceledException>(call.WaitAsync(Patience));
    }
}
