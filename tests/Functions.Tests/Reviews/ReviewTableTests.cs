using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Reviews;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Reviews;

/// <summary>The lists of reviews, as they are stored.</summary>
public sealed partial class ReviewTableTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Kinds = ["refund", "transfer", "withdrawal"];

    private readonly QueryLog queries = new();
    private IHost app = null!;
    private int made;

    private ReviewTable Table => app.Services.GetRequiredService<ReviewTable>();

    public Task InitializeAsync()
    {
        app = TestApp.Unstarted(Azurite.NewAccount(), builder => builder.Services.AddSingleton<HttpPipelinePolicy>(queries));
        return Rows.CreateIfNotExistsAsync();
    }

    public Task DisposeAsync()
    {
        app.Dispose();
        return Task.CompletedTask;
    }

    private TableClient Rows => app.Services.GetRequiredService<Storage>().Table(ReviewTable.TableName);

    [Fact]
    public async Task A_page_of_one_kind_looks_at_no_row_of_another_kind_or_state()
    {
        for (var i = 0; i < 60; i++)
        {
            await AddAsync("transfer", isDone: true);
        }

        var (open, decided) = (new List<string>(), new List<string>());
        for (var i = 0; i < 3; i++)
        {
            open.Add(await AddAsync("withdrawal", isDone: false));
            decided.Add(await AddAsync("withdrawal", isDone: true));
        }

        (await IdsAsync(isDone: false, ["withdrawal"])).ShouldBe(open.AsEnumerable().Reverse());
        (await LookedAtAsync()).ShouldBe(3);
        (await IdsAsync(isDone: true, ["withdrawal"])).ShouldBe(decided.AsEnumerable().Reverse());
        (await LookedAtAsync()).ShouldBe(3);
        (await IdsAsync(isDone: false, Kinds)).ShouldBe(open.AsEnumerable().Reverse());
        (await LookedAtAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task Pages_of_all_kinds_are_one_list_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await AddAsync(Kinds[i * i % 3], isDone: false));
        }

        var (seen, cursor) = (new List<string>(), (string?)null);
        do
        {
            (var records, cursor) = await Table.PageAsync(isDone: false, Kinds, new Page(3, cursor), CancellationToken.None);
            records.Count.ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(records.Select(record => record.PartitionKey));
        }
        while (cursor is not null);
        seen.ShouldBe(ids.AsEnumerable().Reverse());
    }

    [Fact]
    public async Task One_that_is_opened_again_after_it_was_decided_stays_decided()
    {
        var board = app.Services.GetRequiredService<ReviewBoard>();
        var record = Record("withdrawal");
        await board.OpenAsync(record, CancellationToken.None);
        await board.CloseAsync(record.ToId(), ReviewOutcome.Withdrawn, by: null, reason: null, CancellationToken.None);
        await board.OpenAsync(Again(record), CancellationToken.None);
        (await IdsAsync(isDone: false, Kinds)).ShouldBeEmpty();
        (await IdsAsync(isDone: true, Kinds)).ShouldBe([record.PartitionKey]);

        // Whoever moves it dies between the two lists: it is shown where it belongs.
        await Rows.UpsertEntityAsync(new TableEntity("open.withdrawal", await KeyAsync("decided.withdrawal")) { ["Review"] = record.PartitionKey });
        (await IdsAsync(isDone: false, Kinds)).ShouldBeEmpty();
    }

    private static ReviewRecord Again(ReviewRecord record) => new() { PartitionKey = record.PartitionKey, Kind = record.Kind, CreatedAt = record.CreatedAt, ExpiresAt = record.ExpiresAt };

    private ReviewRecord Record(string kind)
    {
        var at = Start.AddMinutes(++made);
        return new ReviewRecord { PartitionKey = $"rev_{made:D26}", Kind = kind, CreatedAt = at, ExpiresAt = at.AddDays(1) };
    }

    private async Task<string> AddAsync(string kind, bool isDone)
    {
        var record = Record(kind);
        record.IsDone = isDone;
        await Table.AddAsync(record, CancellationToken.None);
        await Table.ListAsync(record, CancellationToken.None);
        return record.PartitionKey;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(bool isDone, string[] kinds)
    {
        queries.Lines.Clear();
        return [.. (await Table.PageAsync(isDone, kinds, new Page(50, null), CancellationToken.None)).Records.Select(record => record.PartitionKey)];
    }

    /// <summary>The rows among which the last page was searched for: all of the partitions that it named.</summary>
    private async Task<int> LookedAtAsync()
    {
        var count = 0;
        foreach (var partition in queries.Lines.Select(line => Partition().Match(line).Groups["name"].Value).Where(name => name.Length > 0).ToList())
        {
            await foreach (var _ in Rows.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}")))
            {
                count++;
            }
        }

        return count;
    }

    private async Task<string> KeyAsync(string partition)
    {
        await foreach (var row in Rows.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}")))
        {
            return row.RowKey;
        }

        throw new InvalidOperationException($"There is nothing in {partition}.");
    }

    [GeneratedRegex(@"reviews\(\).*PartitionKey eq '(?<name>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Partition();

    private sealed class QueryLog : HttpPipelineSynchronousPolicy
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public override void OnSendingRequest(HttpMessage message) => Lines.Enqueue(Uri.UnescapeDataString(message.Request.Uri.ToString()).Replace('+', ' '));
    }
}
