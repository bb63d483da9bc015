using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Embedded.Tests.Support;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Blobs;

/// <summary>States the behaviour of Azure.Storage.Blobs 12.24, and learn.microsoft.com/rest/api/storageservices/blob-service-rest-api.</summary>
public class BlobTests : IAsyncLifetime
{
    private readonly BlobContainerClient _container = new(Azurite.SharedConnectionString, Azurite.UniqueName("c"));

    public async Task InitializeAsync() => (await _container.CreateIfNotExistsAsync()).ShouldNotBeNull();

    public async Task DisposeAsync() => await _container.DeleteIfExistsAsync();

    [Fact]
    public async Task A_container_is_made_once()
    {
        (await _container.CreateIfNotExistsAsync()).ShouldBeNull();
        (await _container.ExistsAsync()).Value.ShouldBeTrue();
        var service = new BlobServiceClient(Azurite.SharedConnectionString);
        (await Fails(() => service.CreateBlobContainerAsync(_container.Name))).ShouldBe((409, "ContainerAlreadyExists"));
        var other = service.GetBlobContainerClient(Azurite.UniqueName("none"));
        (await other.ExistsAsync()).Value.ShouldBeFalse();
        (await other.DeleteIfExistsAsync()).Value.ShouldBeFalse();
        (await Fails(() => other.GetBlobClient("b").UploadAsync(BinaryData.FromString("x")))).ShouldBe((404, BlobErrorCode.ContainerNotFound.ToString()));
    }

    [Fact]
    public async Task Content_headers_and_metadata_come_back_as_they_went()
    {
        var blob = _container.GetBlobClient("mail/2026/it's 中文+&%.eml");
        var stored = (await blob.UploadAsync(BinaryData.FromString("hello"), new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = "message/rfc822", ContentDisposition = "inline" },
            Metadata = Support.Metadata.Of(("source", "imap"), ("uid", "7")),
        })).Value;

        var read = (await blob.DownloadContentAsync()).Value;
        read.Content.ToString().ShouldBe("hello");
        read.Details.ContentType.ShouldBe("message/rfc822");
        read.Details.Metadata["uid"].ShouldBe("7");
        read.Details.ETag.ShouldBe(stored.ETag);
        var properties = (await blob.GetPropertiesAsync()).Value;
        properties.ContentLength.ShouldBe(5);
        properties.Metadata["source"].ShouldBe("imap");
        properties.CreatedOn.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        using var streamed = (await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(1, 3) })).Value;
        (await new StreamReader(streamed.Content).ReadToEndAsync()).ShouldBe("ell");
        blob.Name.ShouldBe("mail/2026/it's 中文+&%.eml");
    }

    [Fact]
    public async Task Uploading_does_not_overwrite_unless_told()
    {
        var blob = _container.GetBlobClient("once");
        await blob.UploadAsync(BinaryData.FromString("1"));
        (await Fails(() => blob.UploadAsync(BinaryData.FromString("2")))).ShouldBe((409, BlobErrorCode.BlobAlreadyExists.ToString()));
        var second = (await blob.UploadAsync(BinaryData.FromString("2"), overwrite: true)).Value.ETag;
        await blob.UploadAsync(BinaryData.FromString("3"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfMatch = second } });
        (await Fails(() => blob.UploadAsync(BinaryData.FromString("4"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfMatch = second } }))).ShouldBe((412, BlobErrorCode.ConditionNotMet.ToString()));
        (await Fails(() => blob.UploadAsync(BinaryData.FromString("4"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }))).ShouldBe((409, BlobErrorCode.BlobAlreadyExists.ToString()));
        (await blob.DownloadContentAsync()).Value.Content.ToString().ShouldBe("3");
    }

    [Theory]
    [InlineData(0)]
    [InlineData((8 << 20) - 1)]
    [InlineData(8 << 20)]
    [InlineData((12 << 20) + 5)]
    public async Task A_stream_of_any_length_is_stored_whole(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var blob = _container.GetBlobClient($"stream{length}");
        await blob.UploadAsync(new MemoryStream(content), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "text/x" }, Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } });
        var read = (await blob.DownloadContentAsync()).Value;
        read.Content.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        read.Details.ContentType.ShouldBe("text/x");
        (await Fails(() => blob.UploadAsync(new MemoryStream(content)))).Status.ShouldBe(409);
    }

    [Fact]
    public async Task A_missing_blob_says_so()
    {
        var blob = _container.GetBlobClient("missing");
        (await blob.ExistsAsync()).Value.ShouldBeFalse();
        (await blob.DeleteIfExistsAsync()).Value.ShouldBeFalse();
        (await Fails(() => blob.DownloadContentAsync())).ShouldBe((404, BlobErrorCode.BlobNotFound.ToString()));
        (await Fails(() => blob.DownloadStreamingAsync())).ShouldBe((404, "BlobNotFound"));
        (await Fails(() => blob.GetPropertiesAsync())).ShouldBe((404, "BlobNotFound"));
        await blob.UploadAsync(BinaryData.FromString("x"));
        (await blob.ExistsAsync()).Value.ShouldBeTrue();
        (await blob.DeleteIfExistsAsync()).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task Blobs_are_listed_by_prefix_and_page()
    {
        foreach (var name in new[] { "a/1", "a/2", "a/3 中&", "b/1" }) await _container.GetBlobClient(name).UploadAsync(BinaryData.FromString(name), new BlobUploadOptions { Metadata = Support.Metadata.Of(("k", "v")) });
        var items = new List<BlobItem>();
        var pages = 0;
        await foreach (var page in _container.GetBlobsAsync(BlobTraits.Metadata, prefix: "a/").AsPages(pageSizeHint: 2))
        {
            items.AddRange(page.Values);
            pages++;
        }

        pages.ShouldBe(2);
        items.Select(i => i.Name).ShouldBe(["a/1", "a/2", "a/3 中&"]);
        items[0].Properties.ContentLength.ShouldBe(3);
        items[0].Properties.ETag.ShouldNotBeNull();
        items[0].Metadata["k"].ShouldBe("v");
    }

    [Fact]
    public async Task A_lease_keeps_others_out_until_it_is_released()
    {
        var blob = _container.GetBlobClient("lease");
        await blob.UploadAsync(BinaryData.FromString("x"));
        var mine = blob.GetBlobLeaseClient();
        var lease = (await mine.AcquireAsync(TimeSpan.FromSeconds(15))).Value;
        lease.LeaseId.ShouldBe(mine.LeaseId);
        (await Fails(() => blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(15)))).ShouldBe((409, BlobErrorCode.LeaseAlreadyPresent.ToString()));
        (await Fails(() => blob.UploadAsync(BinaryData.FromString("y"), overwrite: true))).ShouldBe((412, BlobErrorCode.LeaseIdMissing.ToString()));
        await blob.UploadAsync(BinaryData.FromString("y"), new BlobUploadOptions { Conditions = new BlobRequestConditions { LeaseId = lease.LeaseId } });
        (await blob.GetPropertiesAsync()).Value.LeaseState.ShouldBe(LeaseState.Leased);
        (await mine.RenewAsync()).Value.LeaseId.ShouldBe(lease.LeaseId);
        (await Fails(() => blob.GetBlobLeaseClient(Guid.NewGuid().ToString()).RenewAsync())).Status.ShouldBe(409);
        await mine.ReleaseAsync();
        (await blob.GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration)).Value.LeaseId.ShouldNotBe(lease.LeaseId, StringComparer.Ordinal);
        var container = _container.GetBlobLeaseClient();
        await container.AcquireAsync(TimeSpan.FromSeconds(15));
        await container.ReleaseAsync();
    }

    [Fact]
    public async Task After_a_lost_answer_the_repeated_upload_meets_its_own_blob()
    {
        var options = new BlobClientOptions().With(Faults.First(new(FaultKind.AnswerLost)));
        var blob = new BlobClient(Azurite.SharedConnectionString, _container.Name, "lost", options);
        (await Fails(() => blob.UploadAsync(BinaryData.FromString("x")))).ShouldBe((409, "BlobAlreadyExists"));
        (await _container.GetBlobClient("lost").DownloadContentAsync()).Value.Content.ToString().ShouldBe("x");
    }

    [Fact]
    public async Task Five_retries_and_then_the_failure()
    {
        var faults = new Faults(_ => new(FaultKind.Answer, 503));
        (await Fails(() => new BlobClient(Azurite.SharedConnectionString, _container.Name, "busy", new BlobClientOptions().With(faults)).DownloadContentAsync())).Status.ShouldBe(503);
        faults.Tries.ShouldBe(6);
    }

    private static async Task<(int Status, string? Code)> Fails(Func<Task> act)
    {
        var failure = await Should.ThrowAsync<RequestFailedException>(act);
        return (failure.Status, failure.ErrorCode);
    }
}
