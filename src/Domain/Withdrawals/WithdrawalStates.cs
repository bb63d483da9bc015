using System.Text.Json;
using static WalletFunctions.Domain.Withdrawals.TimelineNote;
using static WalletFunctions.Domain.Withdrawals.WithdrawalMove;
using Status = WalletFunctions.Domain.Withdrawals.WithdrawalStatus;

namespace WalletFunctions.Domain.Withdrawals;

/// <summary>One way from a status to the next.</summary>
/// <param name="From">Null: the withdrawal begins with it.</param>
/// <param name="Move">What happens.</param>
/// <param name="To">The status afterwards; the same as before where only a line is added to the timeline.</param>
/// <param name="Note">What the customer is told.</param>
/// <param name="Money">What becomes of the money in the same transaction.</param>
/// <param name="By">Who or what makes it, for the documentation.</param>
/// <param name="IsPassing">Whether the customer is sent a message of it only where the next step does not come at once: one message then tells of both.</param>
public sealed record WithdrawalEdge(
    WithdrawalStatus? From, WithdrawalMove Move, WithdrawalStatus To, TimelineNote Note, MoneyStep Money, string By, bool IsPassing = false);

/// <summary>A timer that runs while a withdrawal is in certain statuses, and how it ends.</summary>
/// <param name="Name">Its name in the documentation.</param>
/// <param name="RunsIn">The statuses.</param>
/// <param name="Rings">When, for the documentation.</param>
/// <param name="Ending">What happens then, for the documentation.</param>
/// <param name="Makes">The moves that it can lead to.</param>
public sealed record WithdrawalTimer(string Name, IReadOnlyList<WithdrawalStatus> RunsIn, string Rings, string Ending, IReadOnlyList<WithdrawalMove> Makes);

/// <summary>The life of a withdrawal as a table: a move that is not in it is not possible. <c>docs/withdrawals.md</c> shows it.</summary>
public static class WithdrawalStates
{
    /// <summary>Every edge, in the order in which a withdrawal may meet them.</summary>
    public static IReadOnlyList<WithdrawalEdge> Edges { get; } =
    [
        new(null, Ask, Status.Reserved, Reserved, MoneyStep.Hold, "the customer, by `POST /v1/withdrawals`", IsPassing: true),
        new(Status.Reserved, SendToReview, Status.InReview, InReview, MoneyStep.None, "the risk rules, in the transaction that sets the money aside"),
        new(Status.InReview, Approve, Status.Reserved, Approved, MoneyStep.None, "a supervisor's decision", IsPassing: true),
        new(Status.InReview, RefuseInReview, Status.Rejected, RefusedInReview, MoneyStep.Release, "a supervisor's decision"),
        new(Status.InReview, ExpireInReview, Status.Rejected, ExpiredInReview, MoneyStep.Release, "the review's timer"),
        new(Status.InReview, Cancel, Status.Cancelled, Cancelled, MoneyStep.Release, "the customer"),
        new(Status.InReview, Stop, Status.Cancelled, Stopped, MoneyStep.Release, "staff, by terminating the workflow"),
        new(Status.Reserved, HandBack, Status.Reserved, BankBusy, MoneyStep.None, "the bank's answer to the only order that left: not taken, not now", IsPassing: true),
        new(Status.Reserved, Submit, Status.Submitted, Submitted, MoneyStep.None, "the bank's answer to the order, or its word about a payout that it therefore has", IsPassing: true),
        new(Status.Reserved, Fail, Status.Failed, Failed, MoneyStep.Release, "the bank's answer to the order: never"),
        new(Status.Reserved, Cancel, Status.Cancelled, Cancelled, MoneyStep.Release, "the customer, until the order leaves"),
        new(Status.Reserved, Stop, Status.Cancelled, Stopped, MoneyStep.Release, "staff, by terminating the workflow; where an order may be on its way, once the bank has declared the payout void"),
        new(Status.Reserved, BecomeOverdue, Status.Reserved, Overdue, MoneyStep.None, "the promise's timer"),
        new(Status.Submitted, BecomeOverdue, Status.Submitted, Overdue, MoneyStep.None, "the promise's timer"),
        new(Status.Submitted, Settle, Status.Settled, Settled, MoneyStep.Capture, "the bank's word: a callback, or its answer when asked"),
        new(Status.Submitted, Reject, Status.Rejected, Rejected, MoneyStep.Release, "the bank's word: a callback, or its answer when asked"),
        new(Status.Submitted, Stop, Status.Cancelled, Stopped, MoneyStep.Release, "staff, by terminating the workflow, once the bank has declared the payout void: it lost the order, and will never take it"),
        new(Status.Settled, Return, Status.Returned, Returned, MoneyStep.Return, "the bank's callback, days later perhaps"),
    ];

    /// <summary>Every timer, and its written ending.</summary>
    public static IReadOnlyList<WithdrawalTimer> Timers { get; } =
    [
        new("review", [Status.InReview], "one day after it was asked for",
            "It is refused by itself, and the money given back.", [ExpireInReview]),
        new("question", [Status.Reserved, Status.Submitted],
            "30 seconds after the last look at the bank, then twice as long each time, at most 4 hours before the promise and 1 hour after it; a doorbell starts the wait anew",
            "The bank is asked and its answer booked; an order that it never got is sent again, under the same payout id.", [HandBack, Submit, Fail, Settle, Reject]),
        new("promise", [Status.Reserved, Status.Submitted], "the second after `promisedBy`",
            "The bank is asked once more. If it does not know, the customer is told, a conversation with priority is opened, and asking goes on; the money stays held until the bank says which way it went.", [BecomeOverdue]),
    ];

    /// <summary>The edge of a move, or null when the move is not possible.</summary>
    public static WithdrawalEdge? Edge(WithdrawalStatus? from, WithdrawalMove move) => Edges.FirstOrDefault(edge => edge.From == from && edge.Move == move);

    /// <summary>Whether no message tells of a line where the next one came at once.</summary>
    public static bool IsPassing(this TimelineNote note) => Edges.Any(edge => edge.Note == note && edge.IsPassing);

    /// <summary>Whether the money is still held. When not, nothing is waited for any more (a return may still come).</summary>
    public static bool IsOpen(this WithdrawalStatus status) => status is Status.Reserved or Status.InReview or Status.Submitted;

    /// <summary>The name in JSON and in storage: <c>in_review</c>.</summary>
    public static string Name(this WithdrawalStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    /// <summary>Reads a name written by <see cref="Name"/>.</summary>
    /// <exception cref="FormatException">There is no such status: the row was written by a newer version.</exception>
    public static WithdrawalStatus Parse(string name)
    {
        foreach (var status in Enum.GetValues<WithdrawalStatus>())
        {
            if (status.Name() == name)
            {
                return status;
            }
        }

        throw new FormatException($"No withdrawal status is called '{name}'.");
    }
}
