using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Data.Tables' TableClient, and learn.microsoft.com/rest/api/storageservices/table-service-error-codes.</summary>
public class ConditionTests : TableTest
{
    [Fact]
    public async Task Adding_a_row_twice_is_a_conflict()
    {
        var response = await Table.AddEntityAsync(new TableEntity("p", "twice"));
        response.Status.ShouldBe(204);
        response.Headers.ETag.ShouldNotBeNull();
        await Fails(() => Table.AddEntityAsync(new TableEntity("p", "twice")), 409, TableErrorCode.EntityAlreadyExists);
    }

    [Fact]
    public async Task An_update_must_name_the_version_it_replaces()
    {
        var first = (await Table.AddEntityAsync(new TableEntity("p", "v") { ["a"] = 1, ["b"] = 1 })).Headers.ETag!.Value;
        await Should.ThrowAsync<ArgumentException>(() => Table.UpdateEntityAsync(new TableEntity("p", "v"), default));

        var second = (await Table.UpdateEntityAsync(new TableEntity("p", "v") { ["a"] = 2 }, first)).Headers.ETag!.Value;
        second.ShouldNotBe(first);
        await Fails(() => Table.UpdateEntityAsync(new TableEntity("p", "v") { ["a"] = 3 }, first), 412, TableErrorCode.UpdateConditionNotSatisfied);
        (await Table.GetEntityAsync<TableEntity>("p", "v")).Value.GetInt32("b").ShouldBe(1, "merge keeps what is not sent");

        await Table.UpdateEntityAsync(new TableEntity("p", "v") { ["a"] = 3 }, second, TableUpdateMode.Replace);
        var row = (await Table.GetEntityAsync<TableEntity>("p", "v")).Value;
        row.GetInt32("a").ShouldBe(3);
        row.ContainsKey("b").ShouldBeFalse("replace drops what is not sent");
    }

    [Fact]
    public async Task Update_with_any_version_still_needs_the_row()
    {
        await Fails(() => Table.UpdateEntityAsync(new TableEntity("p", "none"), ETag.All), 404, TableErrorCode.ResourceNotFound);
        (await Table.UpsertEntityAsync(new TableEntity("p", "none") { ["a"] = 1 })).Status.ShouldBe(204);
        (await Table.UpsertEntityAsync(new TableEntity("p", "none") { ["b"] = 1 }, TableUpdateMode.Replace)).Status.ShouldBe(204);
        (await Table.GetEntityAsync<TableEntity>("p", "none")).Value.ContainsKey("a").ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_row_is_an_exception_or_a_response_without_value()
    {
        await Fails(() => Table.GetEntityAsync<TableEntity>("p", "absent"), 404, TableErrorCode.ResourceNotFound);
        var absent = await Table.GetEntityIfExistsAsync<TableEntity>("p", "absent");
        absent.HasValue.ShouldBeFalse();
        absent.GetRawResponse().Status.ShouldBe(404);
        Should.Throw<InvalidOperationException>(() => absent.Value);

        await Table.AddEntityAsync(new Sample { PartitionKey = "p", RowKey = "there", Amount = 5, Text = "t" });
        var there = await Table.GetEntityIfExistsAsync<Sample>("p", "there", ["Amount"]);
        there.HasValue.ShouldBeTrue();
        there.Value!.Amount.ShouldBe(5);
        there.Value.Text.ShouldBeNull("it was not selected");
    }

    [Fact]
    public async Task Deleting_is_unconditional_unless_told_otherwise_and_never_throws_for_an_absent_row()
    {
        var etag = (await Table.AddEntityAsync(new TableEntity("p", "del"))).Headers.ETag!.Value;
        await Table.UpsertEntityAsync(new TableEntity("p", "del") { ["a"] = 1 });
        await Fails(() => Table.DeleteEntityAsync("p", "del", etag), 412, TableErrorCode.UpdateConditionNotSatisfied);
        (await Table.DeleteEntityAsync(new TableEntity("p", "del"))).Status.ShouldBe(204);
        (await Table.DeleteEntityAsync("p", "del")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Tables_are_made_once_listed_and_deleted()
    {
        var service = new TableServiceClient(Azurite.SharedConnectionString);
        var name = Azurite.UniqueName("made");
        service.AccountName.ShouldBe("devstoreaccount1");
        (await service.CreateTableAsync(name)).Value.Name.ShouldBe(name);
        (await service.CreateTableIfNotExistsAsync(name)).Value.Name.ShouldBe(name);
        await Fails(() => service.CreateTableAsync(name), 409, TableErrorCode.TableAlreadyExists);
        (await All(service.QueryAsync(TableServiceClient.CreateQueryFilter($"TableName eq {name}")))).ShouldHaveSingleItem().Name.ShouldBe(name);
        (await All(service.QueryAsync(t => t.Name == name))).Count.ShouldBe(1);
        (await service.DeleteTableAsync(name)).Status.ShouldBe(204);
        (await service.DeleteTableAsync(name)).Status.ShouldBe(404);
        await Fails(() => service.GetTableClient(name).AddEntityAsync(new TableEntity("p", "r")), 404, TableErrorCode.TableNotFound);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var table = new TableClient(Table.Uri, Table.Name, new TableSharedKeyCredential("devstoreaccount1", Convert.ToBase64String(new byte[32])), NoRetries());
        (await Should.ThrowAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r")))).Status.ShouldBe(403);
    }

    [Fact]
    public void Connection_strings_name_the_account_and_the_endpoint()
    {
        new TableClient("UseDevelopmentStorage=true", "t").Uri.ShouldBe(new Uri("http://127.0.0.1:10002/devstoreaccount1/t"));
        new TableClient("DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=aGk=;EndpointSuffix=core.chinacloudapi.cn", "t").Uri.ShouldBe(new Uri("https://acct.table.core.chinacloudapi.cn/t"));
        Should.Throw<FormatException>(() => new TableClient("AccountName=acct", "t"));
        Should.Throw<NotSupportedException>(() => new TableClient("TableEndpoint=https://x;SharedAccessSignature=sv=1", "t"));
    }

    private static TableClientOptions NoRetries() => new() { Retry = { MaxRetries = 0 } };

    private static async Task Fails(Func<Task> act, int status, TableErrorCode code)
    {
        var failure = await Should.ThrowAsync<RequestFailedException>(act);
        failure.Status.ShouldBe(status);
        failure.ErrorCode.ShouldBe(code.ToString());
        (failure.ErrorCode == code).ShouldBeTrue();
    }
}
