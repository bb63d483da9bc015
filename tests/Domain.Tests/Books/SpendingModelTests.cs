using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using Xunit;

namespace WalletFunctions.Domain.Tests.Books;

/// <summary>Random commands over days, months and years against a model that keeps every move and adds them up anew each time.</summary>
public sealed class SpendingModelTests
{
    private const int Runs = 200;
    private const int Steps = 80;
    private const long Single = 300;
    private const long Daily = 500;
    private const long Yearly = 4_000;
    private const long PayoutDaily = 700;

    private static readonly Party Payee = new(WalletId.Of("wal_b"), "*乙");
    private static readonly AmountLimits Spend = new(Single, Daily, Yearly, null);
    private static readonly AmountLimits Payout = new(null, PayoutDaily, null, null);
    private static readonly FeeRule Charge = new(OperationKind.Withdrawal, null) { RatePerMillion = 20_000, Minimum = 2, FreeEver = 300, FreeMonthly = 150 };

    private static readonly Rulebook Rules = Rulebook.Of(
        new FeeSchedule([Charge]), new LimitSchedule([Spend, Spend, Spend], [Payout, Payout, Payout], [Payout, Payout, Payout]),
        new RiskPolicy([new(), new(), new RiskThresholds { ReviewNewPayee = 250 }]));

    [Fact]
    public void Counters_limits_and_allowances_are_what_the_moves_add_up_to()
    {
        var seed = Environment.TickCount;
        for (var run = 0; run < Runs; run++)
        {
            new Life(unchecked(seed + run)).Live();
        }
    }

    /// <summary>A move that was counted, and whether its money came back.</summary>
    private sealed record Counting(OperationKind Operation, long Amount, DateTime At, bool Unconfirmed, Fee Fee)
    {
        public bool IsBack { get; set; }
    }

    private sealed class Life(int seed)
    {
        private readonly Random random = new(seed);
        private readonly List<Counting> moves = [];
        private readonly List<(Hold Hold, Counting Move)> holds = [];
        private readonly List<string> refusals = [];
        private BookHead head = Arrange.Book(1_000_000);
        private DateTimeOffset now = new(2026, 12, 20, 0, 0, 0, TimeSpan.Zero);
        private int operations;

        /// <summary>The clock on the wall in Shanghai.</summary>
        private DateTime Wall => now.ToOffset(TimeSpan.FromHours(8)).DateTime;

        public void Live()
        {
            for (var step = 0; step < Steps; step++)
            {
                now = now.AddMinutes(random.Next(random.Next(8) == 0 ? 3_000 : 240));
                switch (random.Next(6))
                {
                    case 0 or 1 or 2:
                        Transfer();
                        break;
                    case 3 or 4:
                        Withdraw();
                        break;
                    default:
                        EndHold();
                        break;
                }

                Check();
            }

            if (random.Next(4) == 0)
            {
                refusals.ShouldNotBeEmpty($"seed {seed}: the limits were never met");
            }
        }

        private void Transfer()
        {
            var (amount, confirmed) = (random.NextInt64(1, Single + 20), (Confirmation)random.Next(2));
            var operation = random.Next(2) == 0 ? OperationKind.Payment : OperationKind.Transfer;
            var expected = amount > Single ? "limit_per_transaction"
                : Spent(move => move.At.Date == Wall.Date) + amount > Daily ? "limit_daily"
                : Spent(move => move.At.Year == Wall.Year) + amount > Yearly ? "limit_yearly" : null;
            var payee = Payee with { Wallet = WalletId.Of($"wal_{random.Next(40)}") };
            Do(new BookMove.DebitTransfer(Money.Fen(amount), payee, null, TransferPurpose.Transfer, Terms(operation, confirmed)), expected, amount, operation, confirmed, default);
        }

        private void Withdraw()
        {
            var (amount, confirmed) = (random.NextInt64(1, 400), (Confirmation)random.Next(2));
            var monthly = Math.Min(amount, Math.Max(0, Charge.FreeMonthly - Live(move => move.At.Year == Wall.Year && move.At.Month == Wall.Month).Sum(move => move.Fee.FreeMonthly)));
            var ever = Math.Min(amount - monthly, Math.Max(0, Charge.FreeEver - Live(_ => true).Sum(move => move.Fee.FreeEver)));
            var charged = amount - monthly - ever;
            var fee = charged == 0 ? 0 : Math.Max(2, (long)Math.Round(charged * 0.02m, MidpointRounding.AwayFromZero));
            var today = Live(move => move.Operation == OperationKind.Withdrawal && move.At.Date == Wall.Date).Sum(move => move.Amount);
            Do(new BookMove.PlaceHold(Money.Fen(amount), "ICBC 1234", Terms(OperationKind.Withdrawal, confirmed)), today + amount > PayoutDaily ? "limit_daily" : null,
                amount, OperationKind.Withdrawal, confirmed, new Fee(fee, monthly, ever));
        }

        private void EndHold()
        {
            if (holds.Count == 0)
            {
                return;
            }

            var at = random.Next(holds.Count);
            var (hold, move) = holds[at];
            BookMove end = (hold.State, random.Next(2)) switch
            {
                (HoldState.Captured, _) => new BookMove.ReturnPayout(hold, "x"),
                (_, 0) => new BookMove.ReleaseHold(hold, "x"),
                _ when move.Operation == OperationKind.Withdrawal => new BookMove.CaptureHold(hold),
                _ => new BookMove.CaptureToTransfer(hold, Payee, null, TransferPurpose.Transfer),
            };
            var ended = Book.Decide(head, end, $"{hold.Id}:{++operations}", now).Value!;
            head = ended.Head;
            move.IsBack = ended.Hold!.State is HoldState.Released or HoldState.Returned;
            holds.RemoveAt(at);
            if (ended.Hold.State == HoldState.Captured && move.Operation == OperationKind.Withdrawal)
            {
                holds.Add((ended.Hold, move));
            }
        }

        private void Do(BookMove move, string? expected, long amount, OperationKind operation, Confirmation confirmed, Fee fee)
        {
            var decided = Book.Decide(head, move, $"txn_{++operations}", now);
            decided.Error?.Code.ShouldBe(expected, $"seed {seed} at {now:O}");
            if (!decided.IsOk)
            {
                refusals.Add(decided.Error.Code);
                return;
            }

            expected.ShouldBeNull($"seed {seed} at {now:O}");
            decided.Value.Fee.ShouldBe(fee, $"seed {seed} at {now:O}");
            head = decided.Value.Head;
            moves.Add(new Counting(operation, amount, Wall, confirmed == Confirmation.None, fee));
            if (decided.Value.Hold is { } hold)
            {
                holds.Add((hold, moves[^1]));
            }
        }

        private void Check()
        {
            var usage = head.Usage.At(now);
            var because = $"seed {seed} at {now:O}";
            usage.SpentToday.ShouldBe(Spent(move => move.At.Date == Wall.Date), because);
            usage.SpentThisYear.ShouldBe(Spent(move => move.At.Year == Wall.Year), because);
            usage.SpentEver.ShouldBe(Spent(_ => true), because);
            usage.WithdrawnToday.ShouldBe(Live(move => move.Operation == OperationKind.Withdrawal && move.At.Date == Wall.Date).Sum(move => move.Amount), because);
            usage.UnconfirmedToday.ShouldBe(Live(move => move.Unconfirmed && move.At.Date == Wall.Date).Sum(move => move.Amount), because);
            usage.FreeThisMonth.ShouldBe(Live(move => move.At.Year == Wall.Year && move.At.Month == Wall.Month).Sum(move => move.Fee.FreeMonthly), because);
            usage.FreeEver.ShouldBe(Live(_ => true).Sum(move => move.Fee.FreeEver), because);
            head.Balances.Sum.ShouldBe(0, because);
            head.Balances.Held.ShouldBe(holds.Where(held => held.Hold.State == HoldState.Open).Sum(held => held.Hold.Total), because);
        }

        private long Spent(Func<Counting, bool> when) => Live(move => move.Operation != OperationKind.Withdrawal && when(move)).Sum(move => move.Amount);

        private IEnumerable<Counting> Live(Func<Counting, bool> when) => moves.Where(move => !move.IsBack && when(move));

        private static SpendTerms Terms(OperationKind operation, Confirmation confirmed) => new(operation, Rules, "phone", confirmed);
    }
}
