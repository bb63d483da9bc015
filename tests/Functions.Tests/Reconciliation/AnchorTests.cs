using System.Net;
using System.Text;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;
using WalletFunctions.Reconciliation;
using WalletFunctions.Reconciliation.Anchors;
using WalletFunctions.Verify;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>What was anchored cannot be changed unseen, whoever may write to the tables.</summary>
[Collection(ReconciliationStage.Collection)]
public sealed class AnchorTests(ReconciliationStage stage) : IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        // Two anchors at least: of the stage's day and of one without a move.
        foreach (var days in new[] { 1, 2 })
        {
            var noon = Shanghai.At(stage.Day.AddDays(days), new TimeOnly(12, 0));
            if (stage.Now < noon)
            {
                await stage.App.AdvanceAsync(noon - stage.Now);
                (await stage.Service<Reconciler>().TickAsync(CancellationToken.None)).ShouldBeTrue();
            }
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_outsider_verifies_an_anchor_with_the_published_keys()
    {
        using var supervisor = await stage.App.SupervisorAsync();
        var keys = PublicKeySet.Parse((await stage.App.Anonymous.GetAsync("v1/anchor-keys")).Must(HttpStatusCode.OK).Body)!;
        var items = (await supervisor.GetAsync("v1/admin/anchors?limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Reverse().ToList();
        items.Count.ShouldBeGreaterThanOrEqualTo(2);
        string? before = null;
        var folder = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "keys.json"), (await stage.App.Anonymous.GetAsync("v1/anchor-keys")).Body);
        foreach (var item in items)
        {
            var document = (await supervisor.GetAsync($"v1/admin/anchors/{item.GetProperty("day")}")).Must(HttpStatusCode.OK).Body;
            var check = await AnchorDocument.CheckAsync(Of(document), null, keys, CancellationToken.None);
            check.Fault.ShouldBe(AnchorFault.None);
            check.Statement!.Previous.ShouldBe(before);
            before = AnchorStatement.HashOf(check.Jws!);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, item.GetProperty("day").GetString()!), document);
        }

        var (older, newer) = (FileOf(items[^2]), FileOf(items[^1]));
        (await AnchorCommand.RunAsync([newer, older, "--keys", Path.Combine(folder.FullName, "keys.json")], TextWriter.Null, Language.En)).ShouldBe(0);
        (await AnchorCommand.RunAsync([older, newer, "--keys", Path.Combine(folder.FullName, "keys.json")], TextWriter.Null, Language.En)).ShouldBe(1);
        folder.Delete(recursive: true);


        var lines = await LinesAsync(stage.Day);
        lines.Select(line => line.Partition).ShouldBeInOrder();
        foreach (var wallet in stage.Wallets)
        {
            var newest = (await BookForger.OpenAsync(stage.Books, wallet)).Entries.Last(entry => Shanghai.DayOf(entry.At) <= stage.Day);
            lines.Single(line => line.Wallet == wallet).ShouldBe(new AnchoredHead(BookKeys.Partition(wallet), newest.Number, Convert.ToHexStringLower(newest.Hash())));
        }

        string FileOf(System.Text.Json.JsonElement item) => Path.Combine(folder.FullName, item.GetProperty("day").GetString()!);
    }

    [Fact]
    public async Task A_book_rewritten_with_all_its_hashes_is_found()
    {
        await using var book = await stage.ForgeAsync(stage.Quiet);
        await book.RewriteAsync(1, entry => entry with { Note = "as if it had always been so" });
        (await stage.ReportAsync()).Findings.ShouldBeEmpty("the book is sound in itself");
        var finding = (await AuditAsync()).ShouldHaveSingleItem();
        finding.Kind.ShouldBe(FindingKind.BookRewritten);
        finding.Book.ShouldBe(stage.Quiet);
    }

    [Fact]
    public async Task A_book_that_was_taken_away_is_found()
    {
        await using var book = await stage.ForgeAsync(stage.Quiet);
        foreach (var key in new[] { BookKeys.Head(book.Partition), BookKeys.Entry(book.Partition, 1) })
        {
            await book.DeleteAsync(key);
        }

        (await AuditAsync()).ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.BookMissing);
    }

    [Fact]
    public async Task An_anchor_that_was_taken_away_is_found()
    {
        var (newest, bytes) = await TakeAwayAsync();
        try
        {
            (await AuditAsync()).ShouldHaveSingleItem().ShouldBe(new Finding(FindingKind.AnchorMissing, $"{newest:yyyy-MM-dd}"));
            await stage.Service<Reconciler>().TickAsync(CancellationToken.None);
            (await stage.Service<AnchorStore>().OpenAsync(newest, CancellationToken.None)).ShouldBeNull("a lost anchor is not made anew over whatever the books are now");
        }
        finally
        {
            await PutAsync(newest, bytes);
        }

        (await AuditAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("signature_wrong")]
    [InlineData("lines_changed")]
    [InlineData("other_day")]
    public async Task A_changed_anchor_is_found(string fault)
    {
        var (newest, bytes) = await TakeAwayAsync();
        var text = Encoding.UTF8.GetString(bytes);
        var signature = text.IndexOf('\n', StringComparison.Ordinal) - 10;
        try
        {
            await PutAsync(newest, fault switch
            {
                "signature_wrong" => Encoding.UTF8.GetBytes(text[..signature] + (text[signature] == 'a' ? 'b' : 'a') + text[(signature + 1)..]),
                "lines_changed" => Encoding.UTF8.GetBytes(text[..^2] + (text[^2] == '0' ? '1' : '0') + '\n'),
                _ => await ReadAsync(newest.AddDays(-1)),
            });
            var finding = (await AuditAsync()).ShouldHaveSingleItem();
            finding.Kind.ShouldBe(FindingKind.AnchorChanged);
            finding.Actual.ShouldBe(fault);
        }
        finally
        {
            await PutAsync(newest, bytes);
        }
    }

    /// <summary>As a run does: the anchors first, then the books beside the newest that is sound.</summary>
    private async Task<IReadOnlyList<Finding>> AuditAsync()
    {
        var audit = stage.Service<AnchorAudit>();
        var (found, sound) = await audit.RunAsync(CancellationToken.None);
        var report = await stage.Check.RunAsync(stage.Now, stage.Now, audit.LinesAsync(sound!.Value, CancellationToken.None), [], CancellationToken.None);
        return [.. found, .. report.Findings];
    }

    private async Task<List<AnchoredHead>> LinesAsync(DateOnly day)
    {
        var lines = new List<AnchoredHead>();
        await foreach (var line in stage.Service<AnchorAudit>().LinesAsync(day, CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }

    private async Task<(DateOnly Newest, byte[] Bytes)> TakeAwayAsync()
    {
        var newest = (await stage.Service<AnchorStore>().DaysAsync(CancellationToken.None)).Max;
        var bytes = await ReadAsync(newest);
        await Container.GetBlobClient(AnchorDocument.NameOf(newest)).DeleteAsync();
        return (newest, bytes);
    }

    private async Task<byte[]> ReadAsync(DateOnly day) => (await Container.GetBlobClient(AnchorDocument.NameOf(day)).DownloadContentAsync()).Value.Content.ToArray();

    private async Task PutAsync(DateOnly day, byte[] bytes) => await Container.GetBlobClient(AnchorDocument.NameOf(day)).UploadAsync(BinaryData.FromBytes(bytes), overwrite: true);

    private Azure.Storage.Blobs.BlobContainerClient Container => stage.Service<Storage>().Container(AnchorStore.ContainerName);

    private static MemoryStream Of(string text) => new(Encoding.UTF8.GetBytes(text));
}
