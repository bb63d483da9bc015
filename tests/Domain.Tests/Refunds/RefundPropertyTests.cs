using Shouldly;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Refunds;
using Xunit;

namespace WalletFunctions.Domain.Tests.Refunds;

/// <summary>Several refunds of one payment over random sequences of everything that can happen; the invariants are checked after every step.</summary>
public sealed class RefundPropertyTests
{
    private const int Runs = 400;
    private const int Steps = 80;

    [Fact]
    public void Never_more_than_the_payment_each_reservation_returns_once_and_what_is_over_stays_so()
    {
        var seed = Environment.TickCount;
        for (var run = 0; run < Runs; run++)
        {
            var world = new World(unchecked(seed + run));
            for (var step = 0; step < Steps; step++)
            {
                world.Step();
                world.Check();
            }

            world.LetTimePass();
            world.Check();
            world.CheckEnded();
        }
    }

    private sealed class World(int seed)
    {
        private static readonly AccountId[] Staff = [AccountId.Of("acc_1"), AccountId.Of("acc_2"), AccountId.Of("acc_3")];

        private readonly Random random = new(seed);
        private readonly List<string> log = [];
        private readonly List<Refund> refunds = [];
        private readonly RefundPolicy policy = RefundPolicy.Default;
        private readonly Dictionary<int, Refund> over = [];
        private Payment payment = Arrange.Payment(10_000);
        private DateTimeOffset now = Arrange.Start;
        private bool isMerchantShort;

        public void Step()
        {
            now = now.AddMinutes(random.Next(0, 60 * 40));
            isMerchantShort = random.Next(3) == 0;
            if (refunds.Count == 0 || random.Next(6) == 0)
            {
                Ask();
                return;
            }

            var i = random.Next(refunds.Count);
            var before = refunds[i];
            var (what, after) = Happens(before);
            log.Add($"{now:u} {i} {before.Status} {what} -> {after?.Status.ToString() ?? "refused"}");
            Become(i, after);
        }

        /// <summary>Everybody falls silent; only timers and the product's own steps go on.</summary>
        public void LetTimePass()
        {
            isMerchantShort = false;
            for (var i = 0; i < refunds.Count; i++)
            {
                for (var steps = 0; RefundTimers.Next(refunds[i], policy) is { } wait && refunds[i].Status is not (RefundStatus.InReview or RefundStatus.Appealed); steps++)
                {
                    steps.ShouldBeLessThan(50, Log());
                    now = wait.At > now ? wait.At : now;
                    var after = OwnStep(refunds[i], wait.Timer);
                    after.ShouldNotBeSameAs(refunds[i], $"{wait.Timer} ended in nothing: {Log()}");
                    log.Add($"{now:u} {i} {refunds[i].Status} {wait.Timer} -> {after.Status}");
                    Become(i, after);
                }
            }
        }

        public void Check()
        {
            var sums = (Reserved: Sum(refund => refund.Status.Reserves()), Refunded: Sum(refund => refund.Status == RefundStatus.Refunded));
            (payment.Refundable.Amount >= 0 && payment.Reserved.Amount >= 0).ShouldBeTrue(Log());
            (payment.Reserved.Amount, payment.Refunded.Amount).ShouldBe(sums, Log());
            (payment.Refundable + payment.Reserved + payment.Refunded).ShouldBe(payment.Amount, Log());
            foreach (var (i, refund) in refunds.Index())
            {
                foreach (var line in refund.Timeline.Skip(1))
                {
                    RefundStates.After(line.From, line.Event)!.To.ShouldBe(line.Status, Log());
                }

                refund.Timeline[^1].Status.ShouldBe(refund.Status, Log());
                refund.Timeline[^1].EndsIt.ShouldBe(refund.IsOver, Log());
                if (over.TryGetValue(i, out var ended))
                {
                    refund.ShouldBe(ended, Log());
                }
                else if (refund.IsOver)
                {
                    over[i] = refund;
                }

                (RefundTimers.Next(refund, policy) is null).ShouldBe(refund.IsOver, $"every wait has a timer: {Log()}");
            }
        }

        public void CheckEnded() => refunds.ShouldAllBe(refund => refund.IsOver || refund.Status == RefundStatus.InReview || refund.Status == RefundStatus.Appealed);

        private void Ask()
        {
            var wish = new RefundWish(Money.Fen(random.Next(1, 8_000)), RefundReason.Other, null);
            if (RefundEligibility.Of(payment, PaymentStanding.Made, policy, now).Check(wish.Amount) is null)
            {
                payment = payment.Reserve(wish.Amount);
                refunds.Add(Refund.Ask(RefundId.Of($"rfd_{refunds.Count}"), payment, AccountId.Of("acc_payer"), wish, random.Next(3) == 0 ? Staff[0] : null, now));
                log.Add($"{now:u} asked for {wish.Amount}");
            }
            else
            {
                (wish.Amount > payment.Refundable || now >= policy.AskUntil(payment.CreatedAt)).ShouldBeTrue(Log());
            }
        }

        private (string What, Refund? After) Happens(Refund refund)
        {
            var verdict = (RefundVerdict)random.Next(3);
            switch (random.Next(8))
            {
                case 0:
                    return ($"merchant {verdict}", refund.DecideByMerchant(verdict, "x", now).Value);
                case 1:
                    return ($"support {verdict}", refund.DecideBySupport(verdict, "x", Staff[random.Next(3)], now).Value);
                case 2:
                    return ("evidence", refund.GiveEvidence("x", [], now).Value);
                case 3:
                    return ("withdraw", refund.Withdraw(now).Value);
                case 4:
                    return ("appeal", payment.Refundable >= refund.Amount ? refund.Appeal("x", [], policy, now).Value : null);
                case 5 when random.Next(4) == 0:
                    return ("terminate", refund.Terminate(now));
                default:
                    var timer = RefundTimers.Next(refund, policy)?.Timer ?? (RefundTimer)random.Next(9);
                    return ($"timer {timer}", OwnStep(refund, timer));
            }
        }

        private Refund OwnStep(Refund refund, RefundTimer timer) => (timer, refund.Status) switch
        {
            (RefundTimer.NextStep, RefundStatus.Requested) => refund.Open(random.Next(4) != 0, now),
            (RefundTimer.NextStep or RefundTimer.Funds, RefundStatus.Approved or RefundStatus.AwaitingFunds) => isMerchantShort ? refund.NotPaid("insufficient_funds", now) : refund.Paid(now),
            _ => refund.TimeIsUp(timer, policy, now),
        };

        /// <summary>What the caller does to the payment in the same transaction.</summary>
        private void Become(int i, Refund? after)
        {
            if (after is null)
            {
                return;
            }

            var before = refunds[i];
            if (before.Status.Reserves() != after.Status.Reserves())
            {
                payment = after.Status == RefundStatus.Refunded ? payment.Refund(after.Amount) : after.Status.Reserves() ? payment.Reserve(after.Amount) : payment.GiveBack(after.Amount);
            }

            refunds[i] = after;
        }

        private long Sum(Func<Refund, bool> which) => refunds.Where(which).Sum(refund => refund.Amount.Amount);

        private string Log() => $"seed {seed}\n{string.Join('\n', log)}";
    }
}
