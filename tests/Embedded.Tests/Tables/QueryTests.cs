using Azure.Data.Tables;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Data.Tables' queries, and learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination.</summary>
public class QueryTests : TableTest
{
    [Fact]
    public async Task More_rows_than_a_page_holds_all_come_in_order_and_a_token_goes_on_where_it_stopped()
    {
        const int Rows = 1_150;
        await Task.WhenAll(Enumerable.Range(0, Rows / 50).Select(batch => Table.SubmitTransactionAsync(
            Enumerable.Range(batch * 50, 50).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new Sample { PartitionKey = "pages", RowKey = $"{i:D5}", Amount = i })))));

        var all = await All(Table.QueryAsync<Sample>("PartitionKey eq 'pages'"));
        all.Select(r => r.Amount).ShouldBe(Enumerable.Range(0, Rows).Select(i => (long)i));

        var pages = new List<int>();
        string? token = null;
        await foreach (var page in Table.QueryAsync<Sample>("PartitionKey eq 'pages'", maxPerPage: 400).AsPages())
        {
            pages.Add(page.Values.Count);
            token ??= page.ContinuationToken;
        }

        pages.ShouldBe([400, 400, 350]);
        var second = new List<Sample>();
        await foreach (var page in Table.QueryAsync<Sample>("PartitionKey eq 'pages'").AsPages(token, pageSizeHint: 10))
        {
            second.AddRange(page.Values);
            break;
        }

        second.Select(r => r.Amount).ShouldBe(Enumerable.Range(400, 10).Select(i => (long)i));
    }

    [Fact]
    public async Task Filters_compare_every_type_and_quote_their_values()
    {
        var id = Guid.NewGuid();
        var at = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        await Table.AddEntityAsync(new Sample { PartitionKey = "f", RowKey = "o'hara", Text = "it's 'here'", Amount = 5_000_000_000, Number = 3, Ratio = 1.5, Flag = true, Id = id, At = at, Bytes = [1, 2] });
        await Table.AddEntityAsync(new Sample { PartitionKey = "f", RowKey = "other", Text = "x", Amount = 1, Number = 1, Ratio = 2, Id = Guid.NewGuid(), At = at.AddDays(1), Bytes = [3] });

        foreach (var filter in new[]
        {
            TableClient.CreateQueryFilter($"PartitionKey eq {"f"} and RowKey eq {"o'hara"}"),
            TableClient.CreateQueryFilter($"Text eq {"it's 'here'"}"),
            TableClient.CreateQueryFilter($"Amount ge {5_000_000_000}"),
            TableClient.CreateQueryFilter($"Number gt {2}"),
            TableClient.CreateQueryFilter($"Flag eq {true}"),
            TableClient.CreateQueryFilter($"Id eq {id}"),
            TableClient.CreateQueryFilter($"At le {at}"),
            TableClient.CreateQueryFilter<Sample>(s => s.PartitionKey == "f" && s.RowKey == "o'hara"),
            TableClient.CreateQueryFilter<Sample>(s => s.RowKey.CompareTo("o") >= 0 && s.RowKey.CompareTo("ot") < 0),
            TableClient.CreateQueryFilter<Sample>(s => s.Flag && s.Ratio < 2.0),
            TableClient.CreateQueryFilter<Sample>(s => !(s.Number == 1) && s.Id == id),
            TableClient.CreateQueryFilter<TableEntity>(e => e.GetInt64("Amount") > 1),
        })
        {
            (await All(Table.QueryAsync<Sample>(filter))).ShouldHaveSingleItem(filter).RowKey.ShouldBe("o'hara", filter);
        }

        var local = new { Key = "other" };
        (await All(Table.QueryAsync<Sample>(s => s.RowKey == local.Key))).ShouldHaveSingleItem().Amount.ShouldBe(1);
    }

    [Fact]
    public async Task Only_the_selected_columns_come()
    {
        await Table.AddEntityAsync(new Sample { PartitionKey = "s", RowKey = "r", Text = "t", Amount = 4 });
        var row = (await All(Table.QueryAsync<TableEntity>("PartitionKey eq 's'", select: ["RowKey", "Amount"]))).ShouldHaveSingleItem();
        row.GetInt64("Amount").ShouldBe(4);
        row.ContainsKey("Text").ShouldBeFalse();
    }

    [Fact]
    public async Task A_query_ends_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => All(Table.QueryAsync<Sample>(cancellationToken: cancelled.Token)));
    }
}
