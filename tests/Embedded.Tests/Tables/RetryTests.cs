using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Embedded.Tests.Support;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Core's retries under Azure.Data.Tables: writes are repeated too, which makes their outcome ambiguous.</summary>
public class RetryTests : TableTest
{
    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_busy_service_is_asked_again(int status)
    {
        var faults = Faults.First(new(FaultKind.Answer, status));
        await WithFaults(faults).AddEntityAsync(new TableEntity("busy", $"{status}"));
        faults.Tries.ShouldBe(2);
        (await Table.GetEntityIfExistsAsync<TableEntity>("busy", $"{status}")).HasValue.ShouldBeTrue();
    }

    [Fact]
    public async Task A_transaction_is_signed_and_sent_whole_again()
    {
        var faults = Faults.First(new(FaultKind.Answer, 503));
        var response = await WithFaults(faults).SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("again", "1") { ["text"] = new string('x', 30_000) })]);
        response.Value.ShouldHaveSingleItem().Status.ShouldBe(204);
        faults.Tries.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_lost_answer_the_repeated_insert_meets_its_own_row()
    {
        var failure = await Should.ThrowAsync<RequestFailedException>(() => WithFaults(Faults.First(new(FaultKind.AnswerLost))).AddEntityAsync(new TableEntity("lost", "r")));
        (failure.ErrorCode == TableErrorCode.EntityAlreadyExists).ShouldBeTrue();
        (await Table.GetEntityIfExistsAsync<TableEntity>("lost", "r")).HasValue.ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_lost_answer_the_repeated_transaction_meets_its_own_write()
    {
        var etag = (await Table.AddEntityAsync(new TableEntity("lost", "head"))).Headers.ETag!.Value;
        var failure = await Should.ThrowAsync<TableTransactionFailedException>(() => WithFaults(Faults.First(new(FaultKind.AnswerLost))).SubmitTransactionAsync(
            [new(TableTransactionActionType.UpdateMerge, new TableEntity("lost", "head") { ["n"] = 1 }, etag), new(TableTransactionActionType.Add, new TableEntity("lost", "entry"))]));
        failure.Status.ShouldBe(412);
        (await Table.GetEntityAsync<TableEntity>("lost", "head")).Value.GetInt32("n").ShouldBe(1);
    }

    [Fact]
    public async Task Without_retries_the_first_fault_is_the_answer()
    {
        var faults = new Faults(_ => new(FaultKind.Answer, 503));
        var options = new TableClientOptions().With(faults);
        options.Retry.MaxRetries = 0;
        var failure = await Should.ThrowAsync<RequestFailedException>(() => new TableClient(Azurite.SharedConnectionString, Table.Name, options).AddEntityAsync(new TableEntity("p", "r")));
        failure.Status.ShouldBe(503);
        faults.Tries.ShouldBe(1);
    }

    [Fact]
    public async Task Three_retries_and_then_the_failure()
    {
        var faults = new Faults(_ => new(FaultKind.Answer, 503));
        await Should.ThrowAsync<RequestFailedException>(() => WithFaults(faults).GetEntityAsync<TableEntity>("p", "r"));
        faults.Tries.ShouldBe(4);
    }
}
