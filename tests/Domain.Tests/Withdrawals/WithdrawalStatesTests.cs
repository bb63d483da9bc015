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
                    SendToReview Approve  RefuseInReview ExpireInReview HandBack Submit    Fail   BecomeOverdue Settle  Reject   Return   Cancel    Stop
        Reserved    InReview     -        -              -              Reserved Submitted Failed Reserved      -       -        -        Cancelled Cancelled
        InReview    -            Reserved Rejected       Rejected       -        -         -      -             -       -        -        Cancelled Cancelled
        Submitted   -            -        -              -              -        -         -      Submitted     Settled Rejected -        -         Cancelled
        Settled     -            -        -              -              -        -         -      -             -       -        Returned -         -
        Returned    -            -        -              -              -        -         -      -             -       -        -        -         -
        Rejected    -            -        -              -              -        -         -      -             -       -        -        -         -
        Cancelled   -            -        -              -              -        -         -      -             -       -        -        -         -
        Failed      -            -        -              -              -        -         -      -             -       -        -        -         -
        """;

    [Fact]
    public void Every_state_allows_exactly_the_moves_of_the_table()
    {
        var lines = Expected.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        var moves = lines[0].Select(Enum.Parse<WithdrawalMove>).ToArray();
        moves.ShouldBe(Enum.GetValues<WithdrawalMove>().Except([Ask]), ignoreOrder: true);
        lines.Skip(1).Select(line => Enum.Parse<WithdrawalStatus>(line[0])).ShouldBe(Enum.GetValues<WithdrawalStatus>(), ignoreOrder: true);
        foreach (var line in lines.Skip(1))
        {
            for (var i = 0; i < moves.Length; i++)
            {
                WithdrawalStatus? expected = line[i + 1] == "-" ? null : Enum.Parse<WithdrawalStatus>(line[i + 1]);
                After(Enum.Parse<WithdrawalStatus>(line[0]), moves[i]).ShouldBe(expected, $"{line[0]} {moves[i]}");
            }
        }
    }

    [Fact]
    public void Money_is_held_in_open_states_and_no_move_leads_back_to_one()
    {
        foreach (var status in Enum.GetValues<WithdrawalStatus>().Where(status => !status.IsOpen()))
        {
            Enum.GetValues<WithdrawalMove>().ShouldAllBe(move => After(status, move) == null || !After(status, move)!.Value.IsOpen());
        }
    }

    [Fact]
    public void Only_the_banks_word_ends_what_the_bank_has_or_had() =>
        Enum.GetValues<WithdrawalMove>().Where(move => After(Submitted, move) is not null)
            .ShouldBe([BecomeOverdue, Settle, Reject, Stop], ignoreOrder: true);

    [Fact]
    public void A_timer_leads_to_edges_of_the_states_in_which_it_runs()
    {
        foreach (var timer in WithdrawalStates.Timers)
        {
            timer.Makes.ShouldAllBe(move => timer.RunsIn.Any(status => After(status, move) != null));
            timer.RunsIn.ShouldAllBe(status => timer.Makes.Any(move => After(status, move) != null));
        }

        Enum.GetValues<WithdrawalStatus>().Where(status => status.IsOpen()).ShouldAllBe(status => WithdrawalStates.Timers.Any(timer => timer.RunsIn.Contains(status)));
    }

    [Fact]
    public void Names_are_those_of_the_contract()
    {
        Enum.GetValues<WithdrawalStatus>().Select(status => status.Name())
            .ShouldBe(["reserved", "in_review", "submitted", "settled", "returned", "rejected", "cancelled", "failed"]);
        Enum.GetValues<WithdrawalStatus>().ShouldAllBe(status => WithdrawalStates.Parse(status.Name()) == status);
        Should.Throw<FormatException>(() => WithdrawalStates.Parse("paused"));
    }

    private static WithdrawalStatus? After(WithdrawalStatus from, WithdrawalMove move) => WithdrawalStates.Edge(from, move)?.To;
}
