using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Reversals;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class ForeignRefusalTests
{
    [Fact]
    public async Task A_refusal_of_another_feature_is_told_after_its_answer_was_lost()
    {
        await using var other = await Books.OpenAsync();
        var wallet = await other.WalletWithAsync(1000);
        await using var first = other.Another();
        var (writes, done) = (0, false);
        first.Faults.Plan = (_, isWrite) =>
        {
            if (isWrite && ++writes == 1)
            {
                return Fault.AnswerLost;
            }

            if (!isWrite && writes == 1 && !done)
            {
                done = true;
                Task.Run(() => other.TopUpAsync(wallet, 1)).GetAwaiter().GetResult();
            }

            return Fault.None;
        };
        var outcome = await first.Ledger.ExecuteAsync(
            wallet, new BookCommand(Books.NewId<Domain.TransactionId>().Value, new BookMove.Refuse(ReversalErrors.AlreadyReversed)), CancellationToken.None);
        outcome.ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("already_reversed");
    }
}
