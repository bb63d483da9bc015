using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Data.Tables' SubmitTransaction, and learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</summary>
public class TransactionTests : TableTest
{
    [Fact]
    public async Task Every_kind_of_action_is_carried_out_and_answered_with_its_etag()
    {
        var replaced = (await Table.AddEntityAsync(Row("replace", "old", 1))).Headers.ETag!.Value;
        var merged = (await Table.AddEntityAsync(Row("merge", "old", 1))).Headers.ETag!.Value;
        await Table.AddEntityAsync(Row("delete", "old", 1));

        var response = await Table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, Row("add", "new", 2)),
            new(TableTransactionActionType.UpdateReplace, Row("replace", "new", 2), replaced),
            new(TableTransactionActionType.UpdateMerge, Row("merge", "new", 2), merged),
            new(TableTransactionActionType.Delete, Row("delete", "", 0)),
            new(TableTransactionActionType.UpsertMerge, Row("upsertMerge", "new", 2)),
            new(TableTransactionActionType.UpsertReplace, new Sample { PartitionKey = "p", RowKey = "upsertReplace", Text = "中'\r\n--changeset_\r\nHTTP/1.1 500" }),
        ]);

        response.GetRawResponse().Status.ShouldBe(202);
        response.Value.Select(r => r.Status).ShouldBe([204, 204, 204, 204, 204, 204]);
        (await All(Table.QueryAsync<TableEntity>("PartitionKey eq 'p'"))).Select(r => r.RowKey).ShouldBe(["add", "merge", "replace", "upsertMerge", "upsertReplace"]);
        (await Get("replace")).ContainsKey("old").ShouldBeFalse();
        (await Get("merge")).ContainsKey("old").ShouldBeTrue();
        (await Get("upsertReplace")).GetString("Text").ShouldBe("中'\r\n--changeset_\r\nHTTP/1.1 500");
        response.Value[0].Headers.ETag.ShouldBe((await Get("add")).ETag);
        response.Value[2].Headers.ETag.ShouldBe((await Get("merge")).ETag);
    }

    [Fact]
    public async Task A_row_that_exists_fails_the_whole_and_names_its_action()
    {
        await Table.AddEntityAsync(Row("there", "a", 1));
        var failure = await Fails([new(TableTransactionActionType.Add, Row("one", "a", 1)), new(TableTransactionActionType.Add, Row("two", "a", 1)), new(TableTransactionActionType.Add, Row("there", "a", 1))]);
        failure.Status.ShouldBe(409);
        (failure.ErrorCode == TableErrorCode.EntityAlreadyExists).ShouldBeTrue();
        failure.FailedTransactionActionIndex.ShouldBe(2);
        (await Table.GetEntityIfExistsAsync<TableEntity>("p", "one")).HasValue.ShouldBeFalse("nothing is written");
    }

    [Fact]
    public async Task A_stale_version_fails_the_whole_and_names_its_action()
    {
        var stale = (await Table.AddEntityAsync(Row("head", "a", 1))).Headers.ETag!.Value;
        await Table.UpsertEntityAsync(Row("head", "a", 2));
        var failure = await Fails([new(TableTransactionActionType.Add, Row("entry", "a", 1)), new(TableTransactionActionType.UpdateReplace, Row("head", "a", 3), stale)]);
        failure.Status.ShouldBe(412);
        (failure.ErrorCode == TableErrorCode.UpdateConditionNotSatisfied).ShouldBeTrue();
        failure.FailedTransactionActionIndex.ShouldBe(1);
        (await Table.GetEntityIfExistsAsync<TableEntity>("p", "entry")).HasValue.ShouldBeFalse();
        (await Get("head")).GetInt32("a").ShouldBe(2);
    }

    [Fact]
    public async Task An_update_without_a_version_inserts()
    {
        await Table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, Row("fresh1", "a", 1)), new(TableTransactionActionType.UpdateReplace, Row("fresh2", "a", 1))]);
        (await Get("fresh1")).GetInt32("a").ShouldBe(1);
        (await Get("fresh2")).GetInt32("a").ShouldBe(1);
        (await Fails([new(TableTransactionActionType.UpdateMerge, Row("fresh3", "a", 1), ETag.All)])).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_missing_row_fails_a_transaction_that_deletes_it()
    {
        var failure = await Fails([new(TableTransactionActionType.Add, Row("x", "a", 1)), new(TableTransactionActionType.Delete, Row("missing", "a", 1))]);
        failure.Status.ShouldBe(404);
        failure.FailedTransactionActionIndex.ShouldBe(1);
    }

    [Fact]
    public async Task A_hundred_rows_go_at_once_and_no_more()
    {
        var response = await Table.SubmitTransactionAsync(Enumerable.Range(0, 100).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("many", $"{i:D4}") { ["text"] = new string('x', 1000) })));
        response.Value.Count.ShouldBe(100);
        response.Value.ShouldAllBe(r => r.Status == 204 && r.Headers.ETag != null);
        (await All(Table.QueryAsync<TableEntity>("PartitionKey eq 'many'"))).Count.ShouldBe(100);
        var failure = await Should.ThrowAsync<RequestFailedException>(() => Table.SubmitTransactionAsync(Enumerable.Range(0, 101).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("more", $"{i:D4}")))));
        failure.Status.ShouldBe(400);
    }

    [Fact]
    public async Task An_empty_transaction_is_a_mistake_of_the_caller()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => Table.SubmitTransactionAsync([]));
        await Should.ThrowAsync<ArgumentNullException>(() => Table.SubmitTransactionAsync(null!));
    }

    [Fact]
    public async Task A_row_may_come_only_once()
    {
        (await Fails([new(TableTransactionActionType.Add, Row("dup", "a", 1)), new(TableTransactionActionType.UpsertMerge, Row("dup", "a", 1))])).Status.ShouldBe(400);
    }

    private static TableEntity Row(string key, string column, int value) => column.Length == 0 ? new("p", key) : new("p", key) { [column] = value };

    private async Task<TableEntity> Get(string key) => (await Table.GetEntityAsync<TableEntity>("p", key)).Value;

    private Task<TableTransactionFailedException> Fails(TableTransactionAction[] actions) =>
        Should.ThrowAsync<TableTransactionFailedException>(() => Table.SubmitTransactionAsync(actions));
}
