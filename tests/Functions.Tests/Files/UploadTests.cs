using System.Net;
using System.Net.Http.Headers;
using Azure.Core.Pipeline;
using Functions.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Files;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Files;

public sealed class FilesStage : IAsyncLifetime
{
    internal TestApp App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        await App.PeopleAsync();
    }

    public async Task DisposeAsync() => await App.DisposeAsync();
}

public sealed class UploadTests(FilesStage stage) : IClassFixture<FilesStage>
{
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3];

    [Fact]
    public async Task A_file_comes_back_as_it_was_to_be_saved_and_only_to_its_owner_and_staff()
    {
        using var owner = await stage.App.CustomerAsync(0);
        using var other = await stage.App.CustomerAsync(1);
        using var agent = await stage.App.AgentAsync();
        var uploaded = (await UploadAsync(owner, Png, "C:\\收据 1.html")).Must(HttpStatusCode.Created);
        (uploaded.Text("name"), uploaded.Text("mediaType"), uploaded.Text("bytes")).ShouldBe(("收据 1.html.png", "image/png", "11"));
        uploaded.Header("Location").ShouldBe($"/api/v1/files/{uploaded.Text("fileId")}");

        foreach (var reader in new[] { owner, agent })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(stage.App.Address, $"v1/files/{uploaded.Text("fileId")}")) { Headers = { Authorization = new("Bearer", reader.Token) } };
            using var http = new HttpClient();
            using var answer = await http.SendAsync(request);
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
            answer.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("收据 1.html.png");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        }

        (await other.GetAsync($"v1/files/{uploaded.Text("fileId")}")).MustRefuse(HttpStatusCode.NotFound, "file_not_found");
        (await stage.App.Anonymous.GetAsync($"v1/files/{uploaded.Text("fileId")}")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_bytes_lie_encrypted_in_the_storage()
    {
        using var owner = await stage.App.CustomerAsync(0);
        var id = (await UploadAsync(owner, "an identity card"u8.ToArray(), "id.txt")).Must(HttpStatusCode.Created).Text("fileId");
        var blob = stage.App.Services.GetRequiredService<Storage>().Container(UploadedFiles.ContainerName).GetBlobClient(id);
        (await blob.DownloadContentAsync()).Value.Content.ToString().ShouldNotContain("identity");
    }

    [Fact]
    public async Task What_is_too_large_or_of_no_known_kind_or_no_form_is_refused()
    {
        using var owner = await stage.App.CustomerAsync(0);
        (await UploadAsync(owner, [.. Png, .. new byte[UploadedFiles.MaxBytes - Png.Length]], "full.png")).Must(HttpStatusCode.Created);
        (await UploadAsync(owner, [.. Png, .. new byte[UploadedFiles.MaxBytes - Png.Length + 1]], "more.png")).MustRefuse(HttpStatusCode.RequestEntityTooLarge, "file_too_large");
        (await UploadAsync(owner, [.. Png, .. new byte[2 * UploadedFiles.MaxBytes]], "much more.png")).MustRefuse(HttpStatusCode.RequestEntityTooLarge, "file_too_large");
        (await UploadAsync(owner, "MZ\u0090\0"u8.ToArray(), "photo.jpg")).MustRefuse(HttpStatusCode.UnprocessableEntity, "file_type_unsupported");
        (await UploadAsync(owner, [], "nothing.txt")).MustRefuse(HttpStatusCode.UnprocessableEntity, "file_type_unsupported");
        (await UploadAsync(owner, Png, "photo.png", field: "picture")).MustRefuse(HttpStatusCode.BadRequest, "multipart_expected");
        (await owner.PostAsync("v1/uploads", "{}", key: null)).MustRefuse(HttpStatusCode.BadRequest, "multipart_expected");
        foreach (var body in new[] { "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf", "--b", "--b\r\n\r\n\r\n--b--", new string('x', 50_000), "--b\r\nA: " + new string('x', 50_000) + "\r\n\r\n--b--" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/uploads") { Content = new StringContent(body) };
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            (await owner.SendAsync(request)).MustRefuse(HttpStatusCode.BadRequest, "multipart_expected");
        }
    }

    [Fact]
    public async Task An_account_may_upload_so_often_in_an_hour()
    {
        using var busy = await stage.App.CustomerAsync(2);
        TestAnswer? answer = null;
        for (var i = 0; i < 101; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/uploads") { Content = new StringContent("") };
            answer = await busy.SendAsync(request);
        }

        answer!.MustRefuse(HttpStatusCode.TooManyRequests, "too_many_requests").Header("Retry-After").ShouldNotBeNull();
    }

    [Fact]
    public async Task What_belongs_to_nothing_goes_after_a_week_and_what_was_attached_stays()
    {
        var time = new ManualTime();
        var files = Files(time);
        var owner = Id.From<AccountId>(DateTimeOffset.UnixEpoch, "owner"u8);
        var kept = (await files.StoreAsync(owner, "kept.png", Png, CancellationToken.None)).Value!;
        var lost = (await files.StoreAsync(owner, "lost.png", Png, CancellationToken.None)).Value!;
        (await files.AttachAsync(kept.Id, "rfd_1", CancellationToken.None)).ShouldBeTrue();
        (await files.AttachAsync(kept.Id, "rfd_1", CancellationToken.None)).ShouldBeTrue("again is harmless");
        (await files.AttachAsync(kept.Id, "rfd_2", CancellationToken.None)).ShouldBeFalse("it belongs to another");

        time.Advance(TimeSpan.FromDays(7));
        await files.RemoveUnattachedAsync(CancellationToken.None);
        (await files.FindAsync(lost.Id, CancellationToken.None)).ShouldNotBeNull();
        time.Advance(TimeSpan.FromDays(2));
        await files.RemoveUnattachedAsync(CancellationToken.None);
        (await files.FindAsync(lost.Id, CancellationToken.None)).ShouldBeNull();
        (await files.FindAsync(kept.Id, CancellationToken.None)).ShouldNotBeNull();
        (await files.AttachAsync(lost.Id, "rfd_1", CancellationToken.None)).ShouldBeFalse("it is gone");
        var container = stage.App.Services.GetRequiredService<Storage>().Container(UploadedFiles.ContainerName);
        (await container.GetBlobClient(lost.Id.Value).ExistsAsync()).Value.ShouldBeFalse();
        (await container.GetBlobClient(kept.Id.Value).ExistsAsync()).Value.ShouldBeTrue();
        (await files.RemoveUnattachedAsync(CancellationToken.None)).ShouldBe(0, "the list is empty");
    }

    [Fact]
    public async Task An_upload_abandoned_at_any_storage_step_leaves_nothing_that_is_not_removed()
    {
        var owner = Id.From<AccountId>(DateTimeOffset.UnixEpoch, "owner"u8);
        for (var step = 1; step <= 3; step++)
        {
            foreach (var after in new[] { false, true })
            {
                var (time, death) = (new ManualTime(), new AbandonPolicy());
                death.DieAt(step, after);
                await Should.ThrowAsync<AbandonedException>(() => Files(time, death).StoreAsync(owner, "x.png", Png, CancellationToken.None));
                time.Advance(TimeSpan.FromDays(9));
                await Files(time).RemoveUnattachedAsync(CancellationToken.None);
            }
        }

        var container = stage.App.Services.GetRequiredService<Storage>().Container(UploadedFiles.ContainerName);
        var files = Files(new ManualTime());
        await foreach (var blob in container.GetBlobsAsync())
        {
            (await files.FindAsync(FileId.Of(blob.Name), CancellationToken.None)).ShouldNotBeNull("every blob has its row");
        }
    }

    private UploadedFiles Files(TimeProvider time, params HttpPipelinePolicy[] policies) => new(
        new Storage(new StorageAddress(stage.App.ConnectionString, null, null, null), policies), stage.App.Services.GetRequiredService<IDataProtectionProvider>(), new IdSource(time), time);

    private static async Task<TestAnswer> UploadAsync(TestClient client, byte[] bytes, string name, string field = "file")
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), field, name } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/uploads") { Content = form };
        return await client.SendAsync(request);
    }
}
