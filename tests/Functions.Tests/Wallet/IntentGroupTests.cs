using System.Collections.Concurrent;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.TestSupport;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class IntentGroupTests
{
    [Fact]
    public async Task Intents_that_come_together_share_a_row_which_goes_with_the_last_of_them()
    {
        await using var books = await Books.OpenAsync();
        var intents = await AddAsync(books, 120);
        intents.Select(intent => intent.Group!.Row).Distinct(StringComparer.Ordinal).Count().ShouldBeLessThan(40);
        (await books.CountIntentsAsync()).ShouldBe(intents.Select(intent => intent.Group!.Row).Distinct(StringComparer.Ordinal).Count());

        foreach (var intent in intents.Skip(1))
        {
            books.Intents.Clear(intent);
        }

        var last = intents[0].Group!.Row;
        await Eventually.True("only the row with the open intent is left", async () => await books.CountIntentsAsync() == 1);
        (await books.IntentTable.GetEntityIfExistsAsync<TableEntity>(intents[0].Group!.Partition, last)).HasValue.ShouldBeTrue();
        books.Intents.Clear(intents[0]);
        books.Intents.Clear(intents[0]);
        await Eventually.True("no row is left", async () => await books.CountIntentsAsync() == 0);
    }

    [Fact]
    public async Task A_sweep_takes_out_what_it_could_finish_and_leaves_the_rest_for_the_next()
    {
        await using var books = await Books.OpenAsync();
        var intents = await AddAsync(books, 60);
        var stubborn = intents[7].OperationId;
        var sweeper = new Sweeper { Stubborn = stubborn };
        var sweep = new IntentSweep(books.Intents, [sweeper], TimeProvider.System, new LedgerOptions { IntentAge = TimeSpan.Zero }, NullLogger<IntentSweep>.Instance);
        (await sweep.RunAsync(CancellationToken.None)).ShouldBe(59);
        sweeper.Seen.Count.ShouldBe(60);

        sweeper.Seen.Clear();
        await Eventually.True("the rows of the finished ones are gone", async () => await books.CountIntentsAsync() == 1);
        (await sweep.RunAsync(CancellationToken.None)).ShouldBe(0);
        sweeper.Seen.ShouldBe([stubborn]);

        sweeper.Stubborn = null;
        (await sweep.RunAsync(CancellationToken.None)).ShouldBe(1);
        await Eventually.True("no row is left", async () => await books.CountIntentsAsync() == 0);
    }

    private static Task<Intent[]> AddAsync(Books books, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => books.Intents.AddAsync(
        new Intent("test", Books.NewId<Domain.TransactionId>().Value, Books.NewWallet()) { Note = "备注 \"1\"" }, CancellationToken.None)));

    private sealed class Sweeper : IIntentSweeper
    {
        public string Kind => "test";

        public string? Stubborn { get; set; }

        public ConcurrentBag<string> Seen { get; } = [];

        public Task<bool> SweepAsync(Intent intent, CancellationToken cancellation)
        {
            intent.Note.ShouldBe("备注 \"1\"");
            Seen.Add(intent.OperationId);
            return Task.FromResult(intent.OperationId != Stubborn);
        }
    }
}
