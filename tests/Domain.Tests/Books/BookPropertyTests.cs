using Shouldly;
using WalletFunctions.Domain.Books;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

/// <summary>The ledger's invariants over random sequences of moves between three books, checked after every step.</summary>
/// <remarks>
/// Conservation: every book sums to zero, and what is in transit over all books is what was debited and not yet credited.
/// Available and held are never negative; held equals the open holds. A refused move leaves the head as it was. The chain holds.
/// </remarks>
public sealed class BookPropertyTests
{
    private const int Runs = 300;
    private const int Steps = 60;

    [Fact]
    public void Every_invariant_holds_after_every_step_of_any_sequence()
    {
        var seed = Environment.TickCount;
        for (var run = 0; run < Runs; run++)
        {
            var world = new World(seed + run);
            for (var step = 0; step < Steps; step++)
            {
                world.Step();
                world.Check();
            }
        }
    }

    [Fact]
    public void A_capture_returned_and_a_hold_released_cancel_out()
    {
        var random = new Random(7);
        for (var run = 0; run < Runs; run++)
        {
            var start = Arrange.Book(random.Next(1, 10_000));
            var (amount, fee) = (random.Next(1, 10_000), random.Next(0, 10));
            if (Book.Decide(start, new BookMove.PlaceHold(Money.Fen(amount), null, Arrange.Charging(fee)), "wdr_1", DateTimeOffset.UnixEpoch).Value is not { } placed)
            {
                (amount + fee).ShouldBeGreaterThan((int)start.Balances.Available);
                continue;
            }

            Book.Decide(placed.Head, new BookMove.ReleaseHold(placed.Hold!, "x"), "wdr_1:release", DateTimeOffset.UnixEpoch).Value!.Head.Balances.ShouldBe(start.Balances);
            var captured = Book.Decide(placed.Head, new BookMove.CaptureHold(placed.Hold!), "wdr_1:capture", DateTimeOffset.UnixEpoch).Value!;
            Book.Decide(captured.Head, new BookMove.ReturnPayout(captured.Hold!, "x"), "wdr_1:return:1", DateTimeOffset.UnixEpoch).Value!.Head.Balances.ShouldBe(start.Balances);
        }
    }

    private sealed class World(int seed)
    {
        private readonly Random random = new(seed);
        private readonly List<string> log = [];
        private readonly BookHead[] heads = [.. "abc".Select(name => BookHead.Opened(WalletId.Of($"wal_{name}"), Currency.Cny))];
        private readonly List<Entry>[] entries = [[], [], []];
        private readonly List<(int Book, Hold Hold)> holds = [];
        private readonly List<(int Payee, int Payer, Entry Debit)> inTransit = [];
        private DateTimeOffset now = DateTimeOffset.UnixEpoch;
        private int operations;

        public void Step()
        {
            // Clocks of different machines: mostly forward, sometimes a little back.
            now = now.AddSeconds(random.Next(-20, 60));
            var book = random.Next(3);
            var amount = Money.Fen(random.Next(1, 400));
            var fee = random.Next(4) == 0 ? random.Next(1, 5) : 0;
            switch (random.Next(9))
            {
                case 0:
                    Do(book, $"top_{++operations}", new BookMove.CreditTopUp(amount, "sandbox"));
                    break;
                case 1 or 2:
                    var payee = random.Next(3);
                    if (Do(book, $"txn_{++operations}", new BookMove.DebitTransfer(amount, new Party(heads[payee].Wallet, null), "note", TransferPurpose.Transfer, Arrange.Charging(fee))) is { Entry: { } debit })
                    {
                        inTransit.Add((payee, book, debit));
                    }

                    break;
                case 3 or 4 when inTransit.Count > 0:
                    var (to, from, sent) = Take(inTransit);
                    var credit = new BookMove.CreditTransfer(Money.Fen(sent.Moved(BookAccount.InTransit)), new Party(heads[from].Wallet, null), sent.Note, sent.At);
                    Do(to, sent.Operation, credit).ShouldNotBeNull("a credit never refuses").Entry!.At.ShouldBeGreaterThanOrEqualTo(sent.At);
                    break;
                case 5:
                    if (Do(book, $"wdr_{++operations}", new BookMove.PlaceHold(amount, "ICBC 1234", Arrange.Charging(fee))) is { Hold: { } placed })
                    {
                        holds.Add((book, placed));
                    }

                    break;
                case 6 when holds.Count > 0:
                    End(hold => (":capture", new BookMove.CaptureHold(hold)));
                    break;
                case 7 when holds.Count > 0:
                    End(hold => hold.State == HoldState.Captured ? (":return:1", new BookMove.ReturnPayout(hold, "x")) : (":release", new BookMove.ReleaseHold(hold, "x")));
                    break;
                case 8:
                    Do(book, $"txn_{++operations}", random.Next(12) switch { 0 => new BookMove.Close(), 1 or 2 => new BookMove.Freeze(FreezeSource.Staff), _ => new BookMove.Unfreeze(FreezeSource.Staff) });
                    break;
                default:
                    break;
            }
        }

        public void Check()
        {
            var because = $"seed {seed}: {string.Join("; ", log)}";
            heads.Sum(head => head.Balances.InTransit).ShouldBe(inTransit.Sum(transfer => transfer.Debit.Moved(BookAccount.InTransit)), because);
            for (var i = 0; i < heads.Length; i++)
            {
                heads[i].Balances.Sum.ShouldBe(0, because);
                heads[i].Balances.Available.ShouldBeGreaterThanOrEqualTo(0, because);
                heads[i].Balances.Held.ShouldBe(holds.Where(held => held.Book == i && held.Hold.State == HoldState.Open).Sum(held => held.Hold.Total), because);
                var audit = new BookAudit(heads[i], DateTimeOffset.MaxValue);
                foreach (var entry in Enumerable.Reverse(entries[i]))
                {
                    audit.Read(entry with { PreviousHash = default }, entry.Hash());
                }

                audit.Close();
                audit.Findings.ShouldBeEmpty(because);
            }
        }

        private Decision? Do(int book, string operation, BookMove move)
        {
            log.Add($"{book} {operation} {move.GetType().Name}");
            var decided = Book.Decide(heads[book], move, operation, now);
            if (!decided.IsOk)
            {
                return null;
            }

            heads[book] = decided.Value.Head;
            if (decided.Value.Entry is { } entry)
            {
                entries[book].Add(entry);
            }

            return decided.Value;
        }

        private void End(Func<Hold, (string Step, BookMove Move)> how)
        {
            var at = random.Next(holds.Count);
            var (book, hold) = holds[at];
            var (step, move) = how(hold);
            if (Do(book, hold.Id + step, move) is { Hold: { } ended })
            {
                holds[at] = (book, ended);
            }
        }

        private T Take<T>(List<T> list)
        {
            var at = random.Next(list.Count);
            var taken = list[at];
            list.RemoveAt(at);
            return taken;
        }
    }
}
