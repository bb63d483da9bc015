using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Tables;

/// <summary>Each class has a table of its own.</summary>
public abstract class TableTest : IAsyncLifetime
{
    protected TableClient Table { get; } = new(Azurite.SharedConnectionString, Azurite.UniqueName("t"));

    public async Task InitializeAsync() => await Table.CreateAsync();

    public async Task DisposeAsync() => await Table.DeleteAsync();

    internal TableClient WithFaults(Support.Faults faults) =>
        new(Azurite.SharedConnectionString, Table.Name, Support.FaultOptions.With(new TableClientOptions(), faults));

    protected static async Task<IReadOnlyList<T>> All<T>(AsyncPageable<T> rows)
        where T : notnull
    {
        var all = new List<T>();
        await foreach (var row in rows) all.Add(row);
        return all;
    }
}

public enum Colour
{
    None,
    Red,
    Green,
}

public sealed class Sample : ITableEntity
{
    public string PartitionKey { get; set; } = "";

    public string RowKey { get; set; } = "";

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public string? Text { get; set; }

    public int Number { get; set; }

    public int? MaybeNumber { get; set; }

    public long Amount { get; set; }

    public long? MaybeAmount { get; set; }

    public ulong Natural { get; set; }

    public double Ratio { get; set; }

    public bool Flag { get; set; }

    public bool? MaybeFlag { get; set; }

    public Guid Id { get; set; }

    public DateTimeOffset At { get; set; } = DateTimeOffset.UnixEpoch;

    public DateTimeOffset? MaybeAt { get; set; }

    public DateTime Utc { get; set; } = DateTime.UnixEpoch;

    public byte[]? Bytes { get; set; }

    public BinaryData? Data { get; set; }

    public Colour Colour { get; set; }

    public Colour? MaybeColour { get; set; }

    [DataMember(Name = "renamed")]
    public string? Original { get; set; }

    [IgnoreDataMember]
    public string? Ignored { get; set; }

    public string Computed => $"{Text}!";
}
