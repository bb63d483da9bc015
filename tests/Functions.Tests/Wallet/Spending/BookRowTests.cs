using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Wallet;
using WalletFunctions.Wallet.Attempts;
using Xunit;

namespace WalletFunctions.Tests.Wallet.Spending;

/// <summary>What a decision needs survives being stored, and rows of the version before are still read.</summary>
public sealed class BookRowTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 4, 0, 0, TimeSpan.Zero);

    private readonly WalletId wallet = Books.NewWallet();

    [Fact]
    public void A_head_reads_back_as_it_was_written()
    {
        var random = new Random(7);
        for (var run = 0; run < 500; run++)
        {
            var usage = new Usage
            {
                Day = Some(800_000),
                Month = Some(25_000),
                Year = Some(2_100),
                SpentToday = Some(1_000_000),
                WithdrawnToday = Some(1_000_000),
                ToppedUpToday = Some(1_000_000),
                UnconfirmedToday = Some(1_000_000),
                FreeThisMonth = Some(500_000),
                SpentThisYear = Some(20_000_000),
                SpentEver = Some(int.MaxValue) * 1_000L,
                FreeEver = Some(100_000),
                WindowStart = Some(int.MaxValue),
                WindowMoves = Some(100),
                WindowAmount = Some(1_000_000),
                Payees = Ring(40, Usage.MostPayees),
                Devices = Ring(10, Usage.MostDevices),
            };
            var head = BookHead.Opened(wallet, Currency.Cny) with
            {
                Usage = usage,
                Class = (AccountClass)random.Next(3),
                Freezes = (Freezes)random.Next(8),
                IsClosed = random.Next(9) == 0,
                Own = random.Next(2) == 0 ? OwnLimits.None : new OwnLimits(random.Next(2) == 0 ? null : 5, 9),
            };
            var read = HeadRow.From(BookKeys.Partition(wallet), head, "b").ToDomain();
            (read.Usage, read.Freezes, read.IsClosed, read.Own, read.Status).ShouldBe((head.Usage, head.Freezes, head.IsClosed, head.Own, head.Status));
        }

        int Some(int most) => random.Next(3) == 0 ? 0 : random.Next(most);

        SeenRing Ring(int things, int most) => Enumerable.Range(0, random.Next(things)).Aggregate(default(SeenRing), (ring, thing) => ring.With($"{thing}", most));
    }

    [Fact]
    public void No_row_key_is_the_same_in_two_books_and_an_entrys_tells_its_number()
    {
        var (one, other) = (BookKeys.Partition(WalletId.Of("wal_a")), BookKeys.Partition(WalletId.Of("wal_b")));
        BookKeys.Head(one).ShouldNotBe(BookKeys.Head(other));
        BookKeys.Entry(one, 1).ShouldNotBe(BookKeys.Entry(other, 1));
        string.CompareOrdinal(BookKeys.Entry(one, 8), BookKeys.Entry(one, 7)).ShouldBeLessThan(0, "the newest comes first");
        BookKeys.EntryNumber(BookKeys.Entry(one, 7)).ShouldBe(7);
        foreach (var foreign in new[] { "e|", "e|1", "e|99999999999x|abcd", BookKeys.Head(one) })
        {
            BookKeys.FindEntryNumber(foreign).ShouldBeNull();
            Should.Throw<FormatException>(() => BookKeys.EntryNumber(foreign));
        }
    }

    [Fact]
    public void A_head_of_the_version_before_has_counted_nothing()
    {
        var row = new HeadRow { PartitionKey = BookKeys.Partition(wallet), RowKey = BookKeys.Head(BookKeys.Partition(wallet)), Version = 1, Currency = "CNY", Available = 5, Status = 1 };
        var head = row.ToDomain();
        (head.Status, head.Freezes).ShouldBe((BookStatus.Frozen, Freezes.ByRule));
        (head.Usage, head.Own, head.Balances.Available, head.Class).ShouldBe((Usage.None, OwnLimits.None, 5, AccountClass.I));
        Should.Throw<InvalidDataException>(() => new HeadRow { PartitionKey = BookKeys.Partition(wallet), Version = 3, Currency = "CNY" }.ToDomain());
    }

    [Fact]
    public void A_hold_reads_back_with_what_it_counted_and_when_it_ends()
    {
        var hold = new Hold("txn_1", 700, 3, HoldState.Open) { Counted = new Counted(OperationKind.Payment, 700, 739_577, true, 5, 6), ExpiresAt = Noon };
        HoldRow.From("p", hold).ToDomain().ShouldBe(hold);
        HoldRow.From("p", hold with { Counted = null, ExpiresAt = null }).ToDomain().Counted.ShouldBeNull();
    }

    [Fact]
    public void The_inputs_of_a_refusal_read_back_and_explain_themselves_alike()
    {
        var terms = new SpendTerms(OperationKind.Transfer, Rulebook.Default, "phone", Confirmation.None);
        var move = new BookMove.DebitTransfer(Money.Fen(600_000), new Party(Books.NewWallet(), null), null, TransferPurpose.Transfer, terms);
        var head = BookHead.Opened(wallet, Currency.Cny) with
        {
            Balances = new Balances(700_000, 0, -700_000, 0, 0, 0, 0),
            Class = AccountClass.II,
            Own = new OwnLimits(650_000, null),
            Usage = Usage.None with { SpentToday = 3, Devices = default(SeenRing).With("tablet", 8) },
        };
        var inputs = Book.Inputs(head, move, Noon)!;
        var text = AttemptJson.Write(inputs);
        text.ShouldNotContain("payees");
        var read = AttemptJson.Read(text);
        AttemptJson.Write(read).ShouldBe(text);
        (read.IsNewDevice, read.IsNewPayee, read.Own).ShouldBe((true, true, inputs.Own));
        var (before, after) = (Explanation.Of(inputs), Explanation.Of(read));
        (after.Code, after.Text).ShouldBe(("confirmation_required", before.Text));
        after.Changes.ShouldBe(before.Changes);
    }

    [Fact]
    public void Attempts_sort_with_the_newest_first()
    {
        var ids = Enumerable.Range(0, 50).Select(i => Id.From<TransactionId>(Noon.AddMinutes(i * 977), [(byte)i]).Value).ToList();
        ids.Select(BookKeys.Attempt).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Reverse(ids).Select(BookKeys.Attempt));
    }
}
