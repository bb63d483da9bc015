using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.History;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

/// <summary>A long book in which little matches.</summary>
public sealed class SparseListTests
{
    private const int Length = 8_300;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly int[] Sent = [1, 2, 150, Length - 1];

    [Fact]
    public async Task A_page_is_not_read_to_the_end_of_the_book_nor_empty_where_there_is_something()
    {
        await using var books = await Tests.Wallet.Books.OpenAsync();
        var wallet = Tests.Wallet.Books.NewWallet();
        await WriteAsync(books.Table, BookKeys.Partition(wallet));
        var history = new BookHistory(new BookStore(books.Table));
        var list = new TransactionList(history, new TransactionViews(history, TimeProvider.System));

        var whole = await list.ReadAsync(wallet, Filter(EntryKind.TransferOut), new Page(50, null), CancellationToken.None);
        (whole.Items.Count, whole.Next is null).ShouldBe((1, false), "it has something, so it goes out before the book's end");
        var rest = await list.ReadAsync(wallet, Filter(EntryKind.TransferOut), new Page(50, whole.Next), CancellationToken.None);
        (rest.Items.Count, rest.Next).ShouldBe((3, null));

        var byAmount = await list.ReadAsync(wallet, Filter(EntryKind.TopUp) with { MinAmount = 2 }, new Page(50, null), CancellationToken.None);
        (byAmount.Items.Count, byAmount.Next).ShouldBe((0, null), "nothing is known only at the end");

        var one = await list.ReadAsync(wallet, Filter(EntryKind.TransferOut) with { To = Start.AddMinutes(Length - 2) }, new Page(1, null), CancellationToken.None);
        one.Items.ShouldHaveSingleItem().CreatedAt.ShouldBe(Start.AddMinutes(150), "an empty page would have been no answer");
        one.Next.ShouldBe("2");

        var few = await list.ReadAsync(wallet, Filter(EntryKind.TransferOut) with { From = Start.AddMinutes(2), To = Start.AddMinutes(150) }, new Page(50, null), CancellationToken.None);
        few.Items.Select(item => item.CreatedAt).ShouldBe([Start.AddMinutes(150), Start.AddMinutes(2)]);
        few.Next.ShouldBeNull();
    }

    private static TransactionFilter Filter(EntryKind kind) => new([kind], null, null, null, null, [], null, null);

    /// <summary>One entry a minute: top-ups of a fen, and a few transfers of nobody knows what to nobody.</summary>
    private static async Task WriteAsync(TableClient table, string partition)
    {
        var rows = Enumerable.Range(1, Length).Select(number => new EntryRow
        {
            PartitionKey = partition,
            RowKey = BookKeys.Entry(partition, number),
            Kind = (int)(Sent.Contains(number) ? EntryKind.TransferOut : EntryKind.TopUp),
            Operation = Sent.Contains(number) ? $"txn_{number:D26}" : $"top_{number:D26}",
            Postings = Sent.Contains(number) ? "0>5:1" : "2>0:1",
            PartyName = "*甲",
            At = Start.AddMinutes(number),
            Hash = new byte[32],
        });
        await Parallel.ForEachAsync(rows.Chunk(100), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (chunk, cancellation) =>
            await table.SubmitTransactionAsync(chunk.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), cancellation));
        var head = BookHead.Opened(BookKeys.Wallet(partition), Currency.Cny) with { LastNumber = Length, LastAt = Start.AddMinutes(Length) };
        await table.AddEntityAsync(HeadRow.From(partition, head, ""));
    }
}
