using Shouldly;
using WalletFunctions.Domain.Withdrawals;
using Xunit;
using static WalletFunctions.Domain.Withdrawals.WithdrawalMove;
using static WalletFunctions.Domain.Withdrawals.WithdrawalStatus;

namespace WalletFunctions.Domain.Tests.Withdrawals;

public class WithdrawalStatesTests
{
    // Rows are statuses, columns are moves; "-" is impossible. Written out a second time on purpose.
    private const string Expected = """
                    SendToReview RefuseInReview Submit    Fail   Settle  Reject   Return   Cancel
        Reserved    InReview     -              Submitted Failed -       -        -        Cancelled
        InReview    -            Rejected       Submitted Failed -       -        -        Cancelled
        Submitted   -            -              -         -      Settled Rejected -        -
        Settled     -            -              -         -      -       -        Returned -
        Returned    -            -              -         -      -       -        -        -
        Rejected    -            -              -         -      -       -        -        -
        Cancelled   -            -              -         -      -       -        -        -
        Failed      -            -              -         -      -       -        -        -
        """;

    [Fact]
    public void Every_state_allows_exactly_the_moves_of_the_table()
    {
        var lines = Expected.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var moves = lines[0].Select(Enum.Parse<WithdrawalMove>).ToArray();
        moves.ShouldBe(Enum.GetValues<WithdrawalMove>(), ignoreOrder: true);
        lines.Skip(1).Select(line => Enum.Parse<WithdrawalStatus>(line[0])).ShouldBe(Enum.GetValues<WithdrawalStatus>(), ignoreOrder: true);
        foreach (var line in lines.Skip(1))
        {
            for (var i = 0; i < moves.Length; i++)
            {
                WithdrawalStatus? expected = line[i + 1] == "-" ? null : Enum.Parse<WithdrawalStatus>(line[i + 1]);
                WithdrawalStates.After(Enum.Parse<WithdrawalStatus>(line[0]), moves[i]).ShouldBe(expected, $"{line[0]} {moves[i]}");
            }
        }
    }

    [Fact]
    public void Money_is_held_in_open_states_and_no_move_leads_back_to_one()
    {
        foreach (var status in Enum.GetValues<WithdrawalStatus>().Where(status => !status.IsOpen()))
        {
            Enum.GetValues<WithdrawalMove>().ShouldAllBe(move => WithdrawalStates.After(status, move) == null || !WithdrawalStates.After(status, move)!.Value.IsOpen());
        }
    }

    [Fact]
    public void Only_the_bank_ends_what_the_bank_has() =>
        Enum.GetValues<WithdrawalMove>().Where(move => WithdrawalStates.After(Submitted, move) is not null)
            .ShouldBe([Settle, Reject], ignoreOrder: true);

    [Fact]
    public void Names_are_those_of_the_contract()
    {
        Enum.GetValues<WithdrawalStatus>().Select(status => status.Name())
            .ShouldBe(["reserved", "in_review", "submitted", "settled", "returned", "rejected", "cancelled", "failed"]);
        Enum.GetValues<WithdrawalStatus>().ShouldAllBe(status => WithdrawalStates.Parse(status.Name()) == status);
        Should.Throw<FormatException>(() => WithdrawalStates.Parse("paused"));
    }
}
