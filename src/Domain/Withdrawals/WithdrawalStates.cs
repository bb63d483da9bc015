using System.Collections.Frozen;
using System.Text.Json;
using static WalletFunctions.Domain.Withdrawals.WithdrawalMove;
using static WalletFunctions.Domain.Withdrawals.WithdrawalStatus;

namespace WalletFunctions.Domain.Withdrawals;

/// <summary>The life of a withdrawal as a table: a move that is not in it is not possible.</summary>
public static class WithdrawalStates
{
    private static readonly FrozenDictionary<(WithdrawalStatus From, WithdrawalMove Move), WithdrawalStatus> Table =
        new Dictionary<(WithdrawalStatus From, WithdrawalMove Move), WithdrawalStatus>
        {
            [(Reserved, SendToReview)] = InReview,
            [(Reserved, Submit)] = Submitted,
            [(Reserved, Fail)] = Failed,
            [(Reserved, Cancel)] = Cancelled,

            [(InReview, Submit)] = Submitted,
            [(InReview, Fail)] = Failed,
            [(InReview, RefuseInReview)] = Rejected,
            [(InReview, Cancel)] = Cancelled,

            [(Submitted, Settle)] = Settled,
            [(Submitted, Reject)] = Rejected,

            [(Settled, Return)] = Returned,
        }.ToFrozenDictionary();

    /// <summary>The status after a move, or null when the move is not possible.</summary>
    public static WithdrawalStatus? After(WithdrawalStatus from, WithdrawalMove move) =>
        Table.TryGetValue((from, move), out var to) ? to : null;

    /// <summary>Whether the money is still held. When not, nothing is waited for any more (a return may still come).</summary>
    public static bool IsOpen(this WithdrawalStatus status) => status is Reserved or InReview or Submitted;

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
