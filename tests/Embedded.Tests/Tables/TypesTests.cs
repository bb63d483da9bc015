using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>States the behaviour of Azure.Data.Tables 12.11: TablesTypeBinder and TableEntity, and the data model of learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model.</summary>
public class TypesTests : TableTest
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_class_comes_back_with_every_type_as_it_went()
    {
        var sent = new Sample
        {
            PartitionKey = "p", RowKey = "r", Text = "\"quoted\" 中文 \r\n \u2028 🙂", Number = int.MinValue, MaybeNumber = 7, Amount = long.MaxValue, MaybeAmount = long.MinValue,
            Natural = long.MaxValue, Ratio = 3, Flag = true, MaybeFlag = false, Id = Guid.NewGuid(), At = new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.FromHours(8)).AddTicks(1234567),
            MaybeAt = DateTimeOffset.UnixEpoch, Utc = new DateTime(2026, 1, 5, 12, 0, 0, DateTimeKind.Utc), Bytes = [0, 255, 1], Data = BinaryData.FromBytes(new byte[] { 9 }),
            Colour = Colour.Green, MaybeColour = Colour.Red, Original = "o", Ignored = "i",
        };
        await Table.AddEntityAsync(sent);

        var read = (await Table.GetEntityAsync<Sample>("p", "r")).Value;

        read.Text.ShouldBe(sent.Text);
        read.Number.ShouldBe(sent.Number);
        read.MaybeNumber.ShouldBe(7);
        read.Amount.ShouldBe(long.MaxValue);
        read.MaybeAmount.ShouldBe(long.MinValue);
        read.Natural.ShouldBe(sent.Natural);
        read.Ratio.ShouldBe(3);
        read.Flag.ShouldBeTrue();
        read.MaybeFlag.ShouldBe(false);
        read.Id.ShouldBe(sent.Id);
        read.At.ShouldBe(sent.At);
        read.At.Offset.ShouldBe(TimeSpan.Zero, "the offset is not stored");
        read.MaybeAt.ShouldBe(DateTimeOffset.UnixEpoch);
        read.Utc.ShouldBe(sent.Utc);
        read.Utc.Kind.ShouldBe(DateTimeKind.Utc);
        read.Bytes.ShouldBe(sent.Bytes);
        read.Data!.ToArray().ShouldBe([9]);
        read.Colour.ShouldBe(Colour.Green);
        read.MaybeColour.ShouldBe(Colour.Red);
        read.Original.ShouldBe("o");
        read.Ignored.ShouldBeNull();
        read.Timestamp.ShouldNotBeNull().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        read.ETag.ToString().ShouldStartWith("W/\"datetime'");
    }

    [Fact]
    public async Task A_dictionary_entity_reads_the_columns_with_their_stored_types()
    {
        await Table.AddEntityAsync(new Sample { PartitionKey = "p", RowKey = "d", Text = "t", Amount = 5, Ratio = 2, Id = Guid.Empty, Bytes = [1], Original = "o", Colour = Colour.Red });

        var read = (await Table.GetEntityAsync<TableEntity>("p", "d")).Value;

        read.GetString("Text").ShouldBe("t");
        read.GetInt32("Number").ShouldBe(0);
        read.GetInt64("Amount").ShouldBe(5);
        read["Ratio"].ShouldBe(2d);
        read.GetBoolean("Flag").ShouldBe(false);
        read.GetGuid("Id").ShouldBe(Guid.Empty);
        read.GetDateTimeOffset("At").ShouldBe(DateTimeOffset.UnixEpoch);
        read.GetDateTime("At").ShouldBe(DateTime.UnixEpoch);
        read.GetBinary("Bytes").ShouldBe([1]);
        read.GetBinaryData("Bytes").ToArray().ShouldBe([1]);
        read.GetString("Colour").ShouldBe("Red");
        read.GetString("renamed").ShouldBe("o");
        read.GetString("Computed").ShouldBe("t!", "a property with only a getter is written");
        read.ContainsKey("MaybeNumber").ShouldBeFalse("null is not stored");
        read.ContainsKey("Ignored").ShouldBeFalse();
        read.GetString("Nothing").ShouldBeNull();
        read.ETag.ShouldNotBe(default);
        read.Timestamp.ShouldNotBeNull();
        Should.Throw<InvalidOperationException>(() => read.GetString("Amount"));
    }

    [Fact]
    public async Task A_dictionary_entity_comes_back_as_it_went()
    {
        var id = Guid.NewGuid();
        var at = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);
        await Table.AddEntityAsync(new TableEntity("p", "e")
        {
            ["s"] = "", ["i"] = 1, ["l"] = 1L, ["d"] = 1d, ["nan"] = double.NaN, ["b"] = true, ["g"] = id, ["t"] = at, ["u"] = at.UtcDateTime, ["x"] = new byte[] { 1, 2 }, ["n"] = null,
        });

        var read = (await Table.GetEntityAsync<TableEntity>("p", "e")).Value;

        read["s"].ShouldBe("");
        read["i"].ShouldBe(1);
        read["l"].ShouldBe(1L);
        read["d"].ShouldBe(1d);
        read["nan"].ShouldBe(double.NaN);
        read["b"].ShouldBe(true);
        read["g"].ShouldBe(id);
        read["t"].ShouldBe(at);
        read.GetDateTime("u").ShouldBe(at.UtcDateTime);
        read.GetBinary("x").ShouldBe([1, 2]);
        read.ContainsKey("n").ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_enum_name_fails_the_reading()
    {
        await Table.AddEntityAsync(new TableEntity("p", "enum1") { ["Colour"] = "Violet" });
        await Table.AddEntityAsync(new TableEntity("p", "enum2") { ["MaybeColour"] = "red" });
        await Should.ThrowAsync<ArgumentException>(() => Table.GetEntityAsync<Sample>("p", "enum1"));
        await Should.ThrowAsync<ArgumentException>(() => Table.GetEntityAsync<Sample>("p", "enum2"));
    }

    [Fact]
    public async Task A_column_of_another_type_fails_the_reading()
    {
        await Table.AddEntityAsync(new TableEntity("p", "drift1") { ["Amount"] = 5 });
        await Table.AddEntityAsync(new TableEntity("p", "drift2") { ["Number"] = 1.5 });
        await Table.AddEntityAsync(new TableEntity("p", "drift3") { ["Ratio"] = 5 });
        await Should.ThrowAsync<ArgumentNullException>(() => Table.GetEntityAsync<Sample>("p", "drift1"));
        await Should.ThrowAsync<InvalidCastException>(() => Table.GetEntityAsync<Sample>("p", "drift2"));
        (await Table.GetEntityAsync<Sample>("p", "drift3")).Value.Ratio.ShouldBe(5);
    }

    [Fact]
    public async Task A_type_without_a_column_type_is_refused_rather_than_lost()
    {
        (await Should.ThrowAsync<NotSupportedException>(() => Table.AddEntityAsync(new WithDecimal { PartitionKey = "p", RowKey = "x" }))).Message.ShouldContain("Price");
        await Should.ThrowAsync<NotSupportedException>(() => Table.AddEntityAsync(new TableEntity("p", "x") { ["price"] = 1.5m }));
        await Should.ThrowAsync<NotSupportedException>(() => Table.AddEntityAsync(new TableEntity("p", "x") { ["local"] = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Local) }));
    }

    [Fact]
    public async Task Keys_may_hold_quotes_spaces_percent_and_any_script()
    {
        foreach (var key in new[] { "o'hara", "a b", "100%", "中文🙂", "a+b&c=d;e,f", "" })
        {
            await Table.AddEntityAsync(new TableEntity("k" + key, key) { ["v"] = key });
            (await Table.GetEntityAsync<TableEntity>("k" + key, key)).Value.GetString("v").ShouldBe(key);
            await Table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, new TableEntity("k" + key, key) { ["w"] = 1 }, ETag.All)]);
            (await Table.GetEntityAsync<TableEntity>("k" + key, key)).Value.GetInt32("w").ShouldBe(1);
        }
    }

    [Fact]
    public void The_indexer_keeps_the_number_type_that_is_there()
    {
        var entity = new TableEntity("p", "r") { ["l"] = 5L, ["d"] = 1.5, ["s"] = "x" };
        entity["l"] = 6;
        entity["d"] = 2;
        entity["l"].ShouldBe(6L);
        entity["d"].ShouldBe(2d);
        entity["l"] = "six";
        entity["l"].ShouldBe("six");
        entity["s"] = At;
        entity["s"].ShouldBe(At.ToString());
    }

    [Fact]
    public void Bytes_can_be_read_as_data_and_not_the_other_way_round()
    {
        var entity = new TableEntity("p", "r") { ["bytes"] = new byte[] { 1 }, ["data"] = BinaryData.FromBytes(new byte[] { 2 }) };
        entity.GetBinaryData("bytes").ToArray().ShouldBe([1]);
        Should.Throw<InvalidOperationException>(() => entity.GetBinary("data"));
    }

    [Fact]
    public void An_error_code_is_not_compared_with_null()
    {
        string? none = null;
        Should.Throw<ArgumentNullException>(() => none == TableErrorCode.EntityNotFound);
        (nameof(TableErrorCode.EntityNotFound) == TableErrorCode.EntityNotFound).ShouldBeTrue();
    }

    private sealed class WithDecimal : ITableEntity
    {
        public string PartitionKey { get; set; } = "";

        public string RowKey { get; set; } = "";

        public DateTimeOffset? Timestamp { get; set; }

        public ETag ETag { get; set; }

        public decimal Price { get; set; }
    }
}
