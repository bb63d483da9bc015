using System.Globalization;
using System.Text.Json;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;

namespace WalletFunctions.Domain.Tests.Risk;

/// <summary>A move of the set with what the policy said to it.</summary>
/// <param name="IsPrevented">Whether the money stayed: nobody could confirm, or a person looked and the move was bad.</param>
internal sealed record Judged(StoryMove Move, RiskVerdict Verdict, bool IsPrevented);

/// <summary>Plays the labelled set through real books, so that payees, devices and counters are what they would be, and counts.</summary>
internal static class RiskScore
{
    /// <summary>Moves are judged by the policy; the book itself lets everything pass and only counts.</summary>
    private static readonly Rulebook Counting = Rulebook.Of(FeeSchedule.None, LimitSchedule.None, RiskPolicy.None);

    public static IReadOnlyList<Judged> Judge(RiskPolicy policy, IEnumerable<StoryMove> moves) =>
        [.. moves.GroupBy(move => move.Person).SelectMany(person => Judge(policy, person.Key, person)).Where(judged => !judged.Move.IsHabit)];

    /// <summary>The table of rules, and below it that of stories, as docs/risk.md has them.</summary>
    public static IReadOnlyList<string> Tables(IReadOnlyList<Judged> judged)
    {
        var lines = new List<string> { "| rule | fired | of these bad | precision | recall |", "|---|---|---|---|---|" };
        lines.AddRange(Enum.GetValues<RiskRule>().Select(rule => Line($"`{JsonNamingPolicy.CamelCase.ConvertName(rule.ToString())}`", judged, verdict => verdict.Fired.Contains(rule))));
        lines.Add(Line("any, to confirm or to review", judged, verdict => verdict.Action != RiskAction.Allow));
        lines.Add(Line("any, to review", judged, verdict => verdict.Fired.Any(rule => rule >= RiskRule.ReviewNewDeviceNewPayee)));
        lines.AddRange(["", "| story | moves | good, asked or reviewed | bad | bad, asked or reviewed | bad, prevented |", "|---|---|---|---|---|---|"]);
        lines.AddRange(Enum.GetValues<Story>().Select(story => Line(story.ToString(), [.. judged.Where(j => j.Move.Story == story)])));
        lines.Add(Line("all", judged));
        return lines;
    }

    private static IEnumerable<Judged> Judge(RiskPolicy policy, int person, IEnumerable<StoryMove> moves)
    {
        var head = BookHead.Opened(WalletId.Of(string.Create(CultureInfo.InvariantCulture, $"wal_{person}")), Currency.Cny);
        head = Book.Decide(head, new BookMove.CreditTopUp(Money.Fen(100_000_000_000), "x"), "top", DateTimeOffset.UnixEpoch).Value!.Head;
        foreach (var move in moves)
        {
            var usage = head.Usage.At(move.At);
            var facts = new RiskFacts(
                move.Class,
                move.Amount,
                usage.UnconfirmedToday,
                IsNewPayee: !usage.Payees.Has(move.Payee),
                IsNewDevice: !usage.Devices.IsEmpty && !usage.Devices.Has(move.Device),
                Shanghai.TimeOf(move.At),
                usage.WindowMoves,
                usage.WindowAmount,
                IsConfirmed: false);
            var verdict = policy.Assess(facts);
            var asks = verdict.Action == RiskAction.Confirm;
            var isReviewed = policy.Assess(facts with { IsConfirmed = true }).Action == RiskAction.Review;
            var isPrevented = !move.IsHabit && ((asks && !move.CanConfirm) || (isReviewed && move.IsBad));
            if (!isPrevented)
            {
                var terms = new SpendTerms(OperationKind.Transfer, Counting, move.Device, asks ? Confirmation.PaymentPassword : Confirmation.None);
                head = Book.Decide(head with { Class = move.Class }, new BookMove.DebitTransfer(Money.Fen(move.Amount), new Party(WalletId.Of(move.Payee), null), null, TransferPurpose.Transfer, terms), "txn", move.At).Value!.Head;
            }

            yield return new Judged(move, verdict, isPrevented);
        }
    }

    private static string Line(string name, IReadOnlyList<Judged> judged, Func<RiskVerdict, bool> fires)
    {
        var fired = judged.Count(j => fires(j.Verdict));
        var hits = judged.Count(j => fires(j.Verdict) && j.Move.IsBad);
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {fired} | {hits} | {Share(hits, fired)} | {Share(hits, judged.Count(j => j.Move.IsBad))} |");
    }

    private static string Line(string name, IReadOnlyList<Judged> judged)
    {
        var (good, bad) = (judged.Where(j => !j.Move.IsBad).ToList(), judged.Where(j => j.Move.IsBad).ToList());
        return string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {judged.Count} | {good.Count(Asked)} | {bad.Count} | {bad.Count(Asked)} | {bad.Count(j => j.IsPrevented)} |");

        static bool Asked(Judged judged) => judged.Verdict.Action != RiskAction.Allow;
    }

    private static string Share(int part, int whole) => whole == 0 ? "–" : ((decimal)part / whole).ToString("0.00", CultureInfo.InvariantCulture);
}
