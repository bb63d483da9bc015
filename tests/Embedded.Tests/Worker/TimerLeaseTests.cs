using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>A class of its own: for fifteen seconds, the shortest lease of a blob, others can run beside it.</summary>
public sealed class TimerLeaseTests
{
    private readonly string _app = Azurite.UniqueName("timers");

    [Fact]
    public async Task The_lease_of_a_host_that_died_runs_out()
    {
        var container = new BlobContainerClient(Azurite.SharedConnectionString, "azure-webjobs-hosts");
        await container.CreateIfNotExistsAsync();
        var blob = container.GetBlobClient($"locks/{_app}/Host.Timers.Listener");
        await blob.UploadAsync(BinaryData.FromString(""), overwrite: true);
        await blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(15));
        await using var app = await LocalApp.StartAsync(typeof(AtStart), "--AzureWebJobsStorage", Azurite.SharedConnectionString, "--AzureFunctionsWebHost:hostid", _app, "--Schedule", "0 0 0 1 1 *");
        await Until.True(() => app.Journal.Lines.Count == 1, "the lease that nobody renews is taken over", seconds: 40);
    }
}
